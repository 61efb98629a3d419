-- What customers were told of a version: once, with its notes.
create table announcement (
  version text primary key,
  notes_fr text not null check (notes_fr <> ''),
  notes_en text not null check (notes_en <> ''),
  -- When it was available to be installed at customers' own sites (R135).
  on_premise date not null,
  saas date not null,
  operator text not null,
  announced_at timestamptz not null
);

/**
 * The three classes of trouble, and the one table that gives every code its exit.
 *
 * - `Refusal`: a rule or the input says no. The person who typed must change something.
 * - `Failure`: the outside world (network, host, database, tool) did not answer as it should. Typing it again can work.
 * - `Bug`: ours. Anything that is none of the above is one.
 *
 * This file imports nothing, so everything may import it.
 */

/** Exit codes are a contract, the same with and without `--json`. */
export const exits = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  failed: 4,
  partial: 5,
  stopped: 6,
  interrupted: 130,
} as const

export type Kind = 'usage' | 'refusal' | 'failure' | 'bug'

interface Row {
  readonly kind: Kind
  readonly exit: number
  /** One sentence for `docs/errors.md`. */
  readonly means: string
}

const usage = (means: string): Row & {kind: 'usage'} => ({kind: 'usage', exit: exits.usage, means})
const refusal = (means: string): Row & {kind: 'refusal'} => ({kind: 'refusal', exit: exits.refused, means})
const failure = (means: string): Row & {kind: 'failure'} => ({kind: 'failure', exit: exits.failed, means})
const stopped = (means: string): Row & {kind: 'failure'} => ({kind: 'failure', exit: exits.stopped, means})

/** Every code there is, in alphabetical order; `docs/errors.md` is generated from it. */
export const codes = {
  'action-failed': failure('A program on a host ended with an error; what it had said is in the facts.'),
  'address-unreachable': failure('An address did not answer to a probe point.'),
  'answer-unreadable': failure('A host answered a question with what is no answer to it.'),
  'authority-busy': failure('A certificate authority takes no more orders now; the facts say from when on.'),
  'authority-failed': failure('A certificate authority did not answer as it should.'),
  'authority-refused': refusal('A certificate authority gives no certificate for a name.'),
  'backup-engine-failed': failure('The program that takes backups, or a host of theirs, did not do its work.'),
  'backup-engine-missing': refusal('The program that takes backups of the ledger is not installed here.'),
  'backup-inactive': refusal('Backups are not active in that phase of an environment (R120).'),
  'backup-unproven': refusal('A test restore did not give what the source held: that backup proves nothing.'),
  'base-domain-fixed': refusal('The base domain was set by the first init and cannot be changed.'),
  'bootstrap-key-missing': failure(
    'A run must enter a machine with a key that is kept nowhere; it must be given again.',
  ),
  bug: {
    kind: 'bug',
    exit: exits.bug,
    means: 'A fault of selfhelp itself; the support bundle helps to mend it.',
  } as Row & {kind: 'bug'},
  'calendar-needs': refusal('The calendar lets a change run only once somebody named has agreed, or was told.'),
  'calendar-refused': refusal('A rule of the calendar forbids a change at that time.'),
  'certificate-unfit': refusal('A rule refuses the certificate, its key or its chain; each finding is in the facts.'),
  'check-refused': refusal('The tool of a configuration refused the new file; the old one is in place.'),
  'confirmation-missing': refusal('A dangerous command was not confirmed by the name of the thing.'),
  'connector-unfit': refusal('A connector would lead to a host of ours: only the flow matrix joins those.'),
  'contact-unfit': refusal('Nobody of that name speaks for the customer in what was said.'),
  'contract-fixed': refusal('The contract of a tenant cannot become that while the tenant stands as it does.'),
  'dns-update-failed': failure('A name server took no update (RFC 2136).'),
  'domain-refused': refusal('A rule refuses a name that a customer wants to bring along.'),
  'environment-unsubscribed': refusal('The contract does not subscribe that environment.'),
  'epoch-superseded': refusal('A newer executor holds this lock; the host refused the older one.'),
  'exchange-failed': failure('A host could not take an exchange: sudo, disk or a tool is missing there.'),
  'file-exposed': refusal('A file with a secret is open to others; it was not read.'),
  'handshake-differs': refusal('An edge node serves another certificate than was installed; the one before is back.'),
  'handshake-failed': failure('An edge node agreed to no TLS connection for a name.'),
  'home-unusable': refusal('The home of this control plane cannot be used as it is.'),
  'host-differs': refusal('A host of that name is recorded otherwise than asked.'),
  'host-in-use': refusal('Environments still stand on the host.'),
  'host-key-changed': refusal('A host answers with another key than the pinned one; nothing was sent to it.'),
  'host-unfit': refusal('The preflight found that a machine cannot be adopted as it is.'),
  'host-unreachable': failure('A host did not answer over SSH in time.'),
  'in-the-way': refusal('Something that is not ours is where a thing is wanted; it was not touched.'),
  'input-invalid': usage('What was typed, or a file that was named, cannot be read as what it should be.'),
  interrupted: {
    kind: 'failure',
    exit: exits.interrupted,
    means: 'Stopped by a signal; what had begun is resumable.',
  } as Row & {kind: 'failure'},
  'lab-not-possible': refusal(
    'The lab cannot do this here: no root, not Debian 12, no free network, or a host without a disk of its own.',
  ),
  'lab-tool-failed': failure('A program of this machine failed while it worked on the lab.'),
  'label-reserved': refusal('A tenant label ends in a word that names environments.'),
  'ledger-elsewhere': refusal('The ledger lies in a PostgreSQL that is not ours; whoever runs that backs it up.'),
  'ledger-missing': refusal('There is no ledger yet, or its roles are not there.'),
  'ledger-too-new': refusal('The ledger was written by a newer selfhelp.'),
  'ledger-unreachable': failure('The ledger did not answer.'),
  'lock-held': refusal('Another run holds a lock this one needs, or another process follows this run.'),
  'migration-failed': refusal('A migration could not be finished; the state before it is back.'),
  'migration-gate': refusal('Production may not be planned: nobody has validated exactly this build on qualification.'),
  'migration-state': refusal('A migration is in another state than this needs.'),
  'no-slot': refusal('The calendar leaves no slot that is long enough for maintenance in the weeks to come.'),
  'not-confirmed': refusal('No new connection came through after a change; the host takes it back by itself.'),
  'not-found': refusal('Nothing of that name is in the ledger.'),
  'notice-sent': refusal('No copy of that notice needs to be sent again.'),
  'operation-over': refusal('An operation was done or cancelled; it has no other date.'),
  'operator-exists': refusal('The address or the key of a new operator is already on record.'),
  'operator-key-missing': refusal('No operator key signed the request; nothing was changed.'),
  'operator-not-person': refusal('What only a person may decide was signed by a machine operator.'),
  'operator-unknown': refusal('The key at hand belongs to no operator; nothing was changed.'),
  'override-final': refusal('An override was answered, or nobody answered it in time; it stays so.'),
  'override-not-yours': refusal(
    'An override is approved by another person than the one who asked, with the role approver.',
  ),
  'page-unreachable': failure('A page that should be served did not answer over https.'),
  'password-exposed': refusal('A password stood where others can read it; it was not used.'),
  'patch-failed': refusal('Patches of a host did not work; the packages of before are back.'),
  'placement-refused': refusal('A rule of sites, residency, roles or room forbids every host.'),
  'plan-changed': refusal('The host is no longer as it was when the plan was made.'),
  'postgresql-missing': refusal('The private ledger needs PostgreSQL, which is not installed.'),
  'probe-failed': failure('A probe point could not do what it was asked.'),
  'quickstart-not-ours': refusal('The home holds a control plane that quickstart did not make.'),
  'quickstart-stopped': failure('A part of quickstart did not end well; typed again it goes on there.'),
  'release-differs': refusal('Another archive of that version and architecture is on record; releases never change.'),
  'release-invalid': refusal('A release archive is not what the holder of the signing key signed.'),
  'release-unfit': refusal('A platform at that version cannot be brought to the other one.'),
  'restore-failed': refusal('A restore could not be finished; the state before it is back.'),
  'restore-no-room': refusal('A host has no room to lay out a restore beside what is there.'),
  'restore-out-of-reach': refusal('No backup and WAL in the repository lead to the moment asked for.'),
  'restore-state': refusal('A request to restore is in another state than this needs.'),
  'run-ended': refusal('The run has ended; there is nothing to continue or to undo.'),
  'run-past-return': refusal('The run is past its point of no return and can only go forward.'),
  'run-stopped': failure('A run stopped on an outside failure; nothing was undone and it can be resumed.'),
  'run-stopped-past-return': stopped('A run stopped past its point of no return, or an undo failed.'),
  'run-undone': refusal('A step was refused; everything done before it was undone.'),
  'run-unfinished': refusal('A run about the same thing was begun with other input and has not ended.'),
  'runtime-silent': failure('A service of an environment did not answer on its own host.'),
  'secret-key-missing': refusal('The key-encryption key is not there; no secret can be opened.'),
  'secret-unreadable': refusal('A secret does not open: it was altered, or another key sealed it.'),
  'signature-invalid': refusal('A request is not signed by the operator it names.'),
  'study-incomplete': refusal('The specific study of the customer lacks chapters.'),
  'tenant-differs': refusal('The tenant exists, or is being made, otherwise than asked.'),
  'tool-failed': failure('A program of this machine did not do its work.'),
  'topology-later': refusal('An environment is to be laid out in a way this version cannot build.'),
  'transfer-failed': failure("A customer's server did not take its copy as it should; what arrived is gone on with."),
  'transfer-refused': refusal("A customer's server is not who it must be, or does not let us in."),
  'transfer-unfit': refusal(
    'A monthly copy cannot be sent as it is asked for: not ordered, nowhere to go, or in clear.',
  ),
  'tunnel-silent': failure('A tunnel does not carry what it should; which layer is wrong is in the message.'),
  'vpn-needed': refusal('A server with a private address is reached only through a VPN, and there is none.'),
  'vpn-overlap': refusal("Addresses or an identity of a VPN are somebody else's already; both are named."),
  'vpn-unfit': refusal('A VPN cannot be as it is asked for: not subscribed, no gateway, or still standing.'),
} satisfies Record<string, Row>

export type Code = keyof typeof codes
type CodeOf<K extends Kind> = {[C in Code]: (typeof codes)[C]['kind'] extends K ? C : never}[Code]

export interface Details {
  /** What is true now, as data: names, values found and expected. Never a secret. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** What to type or do next, each a full sentence or a command line. */
  readonly remedies?: readonly string[]
  /** The run this concerns, when there is one. */
  readonly runId?: string
  readonly cause?: unknown
}

/** An error with a code of the table; `message` says what happened and what is true now. */
export abstract class CodedError extends Error {
  readonly code: Code
  readonly facts: Readonly<Record<string, unknown>>
  readonly remedies: readonly string[]
  readonly runId: string | undefined

  constructor(code: Code, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause})
    this.code = code
    this.facts = details.facts ?? {}
    this.remedies = details.remedies ?? []
    this.runId = details.runId
  }

  override get name(): string {
    return this.constructor.name
  }

  get kind(): Kind {
    return codes[this.code].kind
  }

  get exit(): number {
    return codes[this.code].exit
  }
}

/** A rule or the input says no (exit 3, or 2 when the input cannot be read). */
export class Refusal extends CodedError {
  constructor(code: CodeOf<'refusal' | 'usage'>, message: string, details?: Details) {
    super(code, message, details)
  }
}

/** Something outside did not answer as it should (exit 4; 6 past the point of no return). */
export class Failure extends CodedError {
  constructor(code: CodeOf<'failure'>, message: string, details?: Details) {
    super(code, message, details)
  }
}

/** Ours to mend (exit 1). */
export class Bug extends CodedError {
  constructor(message: string, details?: Details) {
    super('bug', message, details)
  }
}

/**
 * What a session tells of itself (`sealed::session`), as `web-core` gives it. Everything in it is
 * verified: people and names come from what the call's root key signed, states from signed messages.
 * Types only.
 */

import type { Delegation, Doors, Seat, SeatKind } from '../protocol/generated';

/** `outside`: not admitted. `recovering`: was a member and has to come back. */
type Stage = 'outside' | 'joining' | 'member' | 'recovering';

/** `unconfirmed`: no host has answered this client yet. `stopped`: nothing is sent; `problems` says why. */
export type Sending = 'allowed' | 'unconfirmed' | 'stopped';

/** `unproven`: what tells whose its frames are does not come, so they are held back: a matter of the network. */
type MemberState = 'verified' | 'joining' | 'silent' | 'absent' | 'unproven' | 'forged' | 'different' | 'changed';

export interface Member {
  readonly seat: number;
  readonly leaf: number;
  readonly name: string;
  readonly title: string;
  readonly delegation: string;
  readonly short_name: string;
  readonly kind: SeatKind;
  readonly host: boolean;
  /** It lets others in and takes them out. */
  readonly leads: boolean;
  readonly state: MemberState;
  /** Seat that added it. */
  readonly vouched_by: number | null;
  readonly code: string | null;
}

export type ClaimProblem = 'not_a_grant' | 'wrong_seat' | 'expired' | 'closed' | 'bad_package' | 'wrong_clock' | 'other_device';

/** Who knocks in the antechamber; told to hosts. */
export interface Claim {
  readonly seat: number;
  readonly name: string;
  readonly title: string;
  readonly delegation: string;
  readonly verified: boolean;
  readonly problem: ClaimProblem | null;
  /** It sits at the table, and a host has to say yes all the same. */
  readonly asks_at_table?: boolean;
}

export type ProblemKind =
  | 'no_host' | 'unanswered' | 'removal_withheld' | 'silent' | 'unproven' | 'forged_media' | 'device_changed' | 'recovered' | 'wedged'
  | 'words_different' | 'frozen'
  | 'code_differs' | 'removed' | 'bad_plan';

interface Problem {
  readonly kind: ProblemKind;
  readonly seat: number | null;
  readonly since_ms: number;
}

interface Check {
  readonly words: readonly string[];
  readonly digits: string;
  readonly language: string;
  readonly chair: number;
  readonly until_ms: number;
  readonly own: boolean | null;
  readonly verdicts: readonly { readonly seat: number; readonly same: boolean }[];
}

/** The plan, signed by the root key. */
interface People {
  readonly title: string;
  readonly delegations: readonly Delegation[];
  readonly seats: readonly Seat[];
}

/** A text of the own that has not come back in the call's log yet. */
export interface UnsentText {
  /** As in the text that arrives. */
  readonly id: string;
  readonly since_ms: number;
  readonly text: string;
}

/** Why frames were refused; as `RefusedFrames` in `crates/sealed`. */
type FrameReason =
  | 'not_a_member' | 'no_such_member' | 'blocked' | 'wrong_epoch' | 'replayed' | 'not_authentic' | 'malformed' | 'too_many_keys'
  | 'forged' | 'late' | 'bad_manifest';

/** How many frames went which way. */
export interface FrameCounts {
  readonly sealed: number;
  readonly opened: number;
  /** The sum of the reasons. */
  readonly refused: number;
  /** Of before this client came: not among the refused. */
  readonly early: number;
  readonly reasons: Readonly<Record<FrameReason, number>>;
}

/** One circle of the call. Times are of the session's clock, which is this machine's. */
export interface CircleView {
  /** 0 is the table, others are the delegations' own. */
  readonly circle: number;
  readonly stage: Stage;
  readonly group: number;
  readonly epoch: number;
  /** This client may let others in and take them out. */
  readonly leads: boolean;
  readonly me: { readonly seat: number; readonly leaf: number | null };
  readonly sending: Sending;
  /** Counts the own seat. */
  readonly verified: number;
  readonly members: readonly Member[];
  readonly waiting: readonly Claim[];
  readonly check: Check | null;
  /** Oldest first. */
  readonly unsent: readonly UnsentText[];
  readonly problems: readonly Problem[];
}

/** What there is of the table, and besides. */
export interface View extends CircleView {
  /** Those this client has joined. */
  readonly circles: readonly CircleView[];
  /** As a host's signed heartbeat said. */
  readonly doors: Doors | null;
  readonly frames: FrameCounts;
  readonly people: People | null;
  /** Hash of the code this client runs. */
  readonly code: string;
}

/** What a client keeps on disk, so that an older state of the group is noticed. */
export interface Memory {
  readonly group: number;
  readonly epoch: number;
  readonly closed: readonly (readonly [seat: number, link: number])[];
  /** A host's letter for this machine: lets it back in at a host that remembers nobody. */
  readonly letter?: string;
  /** The same of other circles, by their numbers. */
  readonly circles?: Readonly<Record<string, unknown>>;
}

/** What a person does about the group. */
export type Act =
  | { readonly type: 'admit'; readonly seat: number }
  | { readonly type: 'admit_all_verified' }
  | { readonly type: 'remove'; readonly seat: number }
  | { readonly type: 'accept_device'; readonly seat: number }
  | { readonly type: 'leave' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'set_doors'; readonly doors: Doors }
  | { readonly type: 'check_words'; readonly language: string }
  | { readonly type: 'verdict'; readonly same: boolean };

// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Code } from "./Code";
import type { Device } from "./Device";
import type { Way } from "./Way";

/**
 * What a client checked. Missing: not checked yet.
 */
export type Checks = {
/**
 * How packets get to the server's media address.
 */
way?: Way,
/**
 * Kilobits per second that came through to the server, up to what was tried.
 */
up_kbps?: number,
/**
 * Kilobits per second that came back, up to what was tried.
 */
down_kbps?: number,
/**
 * Packets lost of a thousand, on the worse of the two ways.
 */
loss_permille?: number,
/**
 * To the server and back, while the way was in use.
 */
delay_ms?: number,
/**
 * The camera.
 */
camera?: Device,
/**
 * The microphone.
 */
microphone?: Device,
/**
 * The loudspeaker: `on` if its person heard a tone, `failed` if not.
 */
speaker?: Device,
/**
 * The client's clock, ahead of the server's by so much.
 */
clock_ms?: number,
/**
 * It can seal and open frames.
 */
sealing?: boolean,
/**
 * Its page is the one this server gives out now.
 */
current?: boolean,
/**
 * The code it says it runs.
 */
code?: Code, };

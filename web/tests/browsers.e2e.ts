// A control: two browsers of this machine reach each other without Incamera. If this fails, the
// machine is at fault and not the product.

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { Chromium } from './harness/chromium.ts';
import { LOOP_FRAMES } from './harness/fake-media.ts';
import { Firefox } from './harness/firefox.ts';
import type { Tab } from './harness/tab.ts';
import { sleep, until } from './harness/wait.ts';

let web: Server;
let chromium: Chromium;
let firefox: Firefox;
let url: string;

beforeAll(async () => {
  web = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Control</title><figure data-seat></figure><button>Call</button>');
  });
  await new Promise<void>((ready) => web.listen(0, '127.0.0.1', ready));
  url = `http://localhost:${(web.address() as AddressInfo).port}/`;
  [chromium, firefox] = await Promise.all([Chromium.start({ seat: 1 }), Firefox.start({ seat: 2 })]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  web?.close();
});

test('Chromium and Firefox see and hear each other directly', async () => {
  const caller: Tab = await (await chromium.machine()).tab('Chromium');
  const callee: Tab = await firefox.tab('Firefox');
  await caller.goto(url);
  await callee.goto(url);
  for (const tab of [caller, callee]) await tab.click('button', /Call/); // sound needs a click
  const offer = await caller.evaluate(offerCamera);
  const answer = await callee.evaluate(answerCamera, offer);
  await caller.evaluate(
    (sdp) => window.watched.connections.at(-1)!.setRemoteDescription({ type: 'answer', sdp }),
    answer,
  );
  const seen = await until('the film of seat 1 in Firefox', () => marked(callee));
  await sleep(1000);
  const later = await marked(callee);
  expect([seen.seat, later?.seat]).toEqual([1, 1]);
  expect((later!.frame - seen.frame + LOOP_FRAMES) % LOOP_FRAMES).toBeGreaterThan(3);
  const { inbound } = await caller.figures();
  expect(inbound.find((row) => row.kind === 'video')?.frames).toBeGreaterThan(5);
  expect(await caller.voices()).toEqual([2]);
});

const marked = async (tab: Tab) => (await tab.sights()).find((sight) => sight.mark !== null)?.mark ?? undefined;

async function offerCamera(): Promise<string> {
  const connection = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  connection.ontrack = ({ streams: [stream] }) => show(stream!);
  await connection.setLocalDescription();
  await gathered();
  return connection.localDescription!.sdp;

  function show(stream: MediaStream) {
    const video = document.createElement('video');
    [video.srcObject, video.autoplay, video.muted] = [stream, true, true];
    document.querySelector('figure')!.replaceChildren(video);
  }

  function gathered() {
    return new Promise<void>((done) => {
      if (connection.iceGatheringState === 'complete') done();
      connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && done();
    });
  }
}

async function answerCamera(sdp: string): Promise<string> {
  const connection = new RTCPeerConnection();
  connection.ontrack = ({ streams: [stream] }) => {
    const video = document.createElement('video');
    [video.srcObject, video.autoplay, video.muted] = [stream!, true, true];
    document.querySelector('figure')!.replaceChildren(video);
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  await connection.setLocalDescription();
  await new Promise<void>((done) => {
    if (connection.iceGatheringState === 'complete') done();
    connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && done();
  });
  return connection.localDescription!.sdp;
}

/** Says of each frame that a video element draws which RTP timestamp it had, where the browser knows. */

type Watched = HTMLVideoElement & Partial<Pick<HTMLVideoElement, 'requestVideoFrameCallback' | 'cancelVideoFrameCallback'>>;

/** Until the returned function is called. */
export function eachFrame(video: Watched, drawn: (timestamp: number | undefined) => void): () => void {
  let handle = 0;
  if (!video.requestVideoFrameCallback) {
    // It cannot say when it draws: asked each time the page is drawn.
    const look = (): void => {
      if (video.videoWidth > 0) drawn(undefined);
      handle = requestAnimationFrame(look);
    };
    handle = requestAnimationFrame(look);
    return () => cancelAnimationFrame(handle);
  }
  const look = (_now: number, { rtpTimestamp }: VideoFrameCallbackMetadata): void => {
    drawn(rtpTimestamp);
    handle = video.requestVideoFrameCallback?.(look) ?? 0;
  };
  handle = video.requestVideoFrameCallback(look);
  return () => video.cancelVideoFrameCallback?.(handle);
}

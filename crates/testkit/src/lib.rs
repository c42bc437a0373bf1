//! Fake clock, lossy network, scripted WebRTC peers: whole calls in one thread.

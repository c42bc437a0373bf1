//! Which packets go to whom: forwarding, layers, key frames, bandwidth, over str0m; no sockets, no clock.

//! HTTP, WebSocket, UDP, TLS, storage, metrics: the only server-side IO.

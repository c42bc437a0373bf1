//! What every response says about what browsers may do with it, worker scripts included.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};

use crate::assets::{HASHED_PREFIX, is_changed_link};

/// From nothing upward. `'wasm-unsafe-eval'` lets WebAssembly compile and nothing else; `'self'` in
/// `connect-src` covers the WebSocket to this server (CSP 3, 6.7.2.8).
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
font-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; \
worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
frame-ancestors 'none'; require-trusted-types-for 'script'; \
trusted-types svelte-trusted-html incamera";

/// What the call page uses, for itself alone; everything else is off.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), \
autoplay=(self), fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), \
speaker-selection=(self), clipboard-write=(self), accelerometer=(), \
browsing-topics=(), clipboard-read=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), \
idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), midi=(), payment=(), \
publickey-credentials-get=(), serial=(), storage-access=(), usb=(), \
xr-spatial-tracking=()";

/// Which headers depend on how this server is reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transport {
    /// The certificate is one browsers trust, so plain HTTP need never be tried again.
    pub(crate) trusted_tls: bool,
}

/// Adds them to every response.
pub(crate) async fn add(
    State(transport): State<Transport>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let hashed = path.starts_with(HASHED_PREFIX);
    let whole = request.uri().path_and_query();
    let private = path.starts_with("/api/") || whole.is_some_and(|p| is_changed_link(p.as_str()));
    let mut response = next.run(request).await;
    let found =
        response.status() == StatusCode::OK || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        PERMISSIONS,
    );
    set(headers, REFERRER_POLICY, "no-referrer");
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if transport.trusted_tls {
        set(headers, STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    if private || !found {
        set(headers, CACHE_CONTROL, "no-store");
    } else if hashed {
        set(
            headers,
            CACHE_CONTROL,
            "public, max-age=31536000, immutable",
        );
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

//! The browser client, embedded by `build.rs`, with ETag and compression. Its URLs: `/` (what this
//! is), `/convene`, and `/c/{id}`, all the same page; what that page shows is the client's.

use std::sync::LazyLock;

use axum::Router;
use memory_serve::CacheControl;

/// Made once for the process: compressing takes a moment and the bytes are kept for good. Brotli was
/// made when this was built, and goes to whoever takes it.
static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    memory_serve::load!()
        .add_alias("/convene", "/index.html")
        .add_alias("/c/{id}", "/index.html")
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::NoCache)
        .enable_brotli(true)
        .enable_gzip(true)
        .into_router()
});

/// Files under here have a hash of their content in their name: they never change.
pub(crate) const HASHED_PREFIX: &str = "/assets/";

pub(crate) fn router() -> Router {
    ROUTER.clone()
}

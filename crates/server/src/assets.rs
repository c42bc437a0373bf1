//! The browser client, embedded by `build.rs`, with ETag and compression. Its URLs: `/` (what this
//! is), `/convene`, and `/c/{id}`, all the same page; what that page shows is the client's. Whatever
//! mail programs make of a link's path (`/c/{id}%23seat.…`, `/C/…`) gets the page too: it says what
//! happened. Here nothing is made of it.

use std::sync::LazyLock;

use axum::Router;
use memory_serve::CacheControl;
use protocol::CallId;

/// Made once for the process: compressing takes a moment and the bytes are kept for good. Brotli was
/// made when this was built, and goes to whoever takes it.
static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    memory_serve::load!()
        .add_alias("/convene", "/index.html")
        .add_alias("/c/", "/index.html")
        .add_alias("/c/{*link}", "/index.html")
        .add_alias("/C/{*link}", "/index.html")
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::NoCache)
        .enable_brotli(true)
        .enable_gzip(true)
        .into_router()
});

/// Files under here have a hash of their content in their name: they never change.
pub(crate) const HASHED_PREFIX: &str = "/assets/";

/// Whether a path under `/c/` has more in it than a call's id: a secret, maybe, which no cache should keep.
pub(crate) fn is_changed_link(path_and_query: &str) -> bool {
    let start = path_and_query.get(..3).unwrap_or_default();
    let id = path_and_query.get(3..).unwrap_or_default();
    start.eq_ignore_ascii_case("/c/") && id.parse::<CallId>().is_err()
}

pub(crate) fn router() -> Router {
    ROUTER.clone()
}

//! Links and what is derived from them; later MLS, SFrame; the server never links it.

//! VP8 (RFC 6386) in and out, by libvpx. The only module of the workspace with `unsafe` code.
//!
//! Owns the binding and nothing else: [`Encoder`] and [`Decoder`] are safe to use with any input.
//! Bindings are generated for the libvpx that is installed (`env-libvpx-sys` looks it up), so the
//! structures below have the layout of the library that is linked.

// libvpx is a C library. Each block says why it is sound; nothing else in the workspace may do this.
#![allow(unsafe_code)]

use std::{
    mem::{self, MaybeUninit},
    ptr, slice,
};

use thiserror::Error;
use vpx_sys as vpx;

use crate::picture::I420;

/// Pictures larger than this are not decoded: a hostile frame could claim 16383 × 16383.
const PIXELS_MAX: usize = 3840 * 2160;
/// Real-time speed of the encoder; -16 is the fastest. Slower speeds save few bits on nameplates.
const SPEED: i32 = -12;
/// A block that differs by less than this from the last frame is not coded again.
const STATIC_THRESHOLD: u32 = 60;

/// What went wrong in a codec.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum VideoError {
    /// libvpx refused, with its number for why.
    #[error("libvpx refused to {0} (error {1})")]
    Codec(&'static str, u32),
    /// The picture's size is not the encoder's, or the frame's is beyond what is decoded.
    #[error("a picture has a size that cannot be used")]
    Size,
}

/// One encoded frame of VP8.
pub struct Vp8Frame {
    /// The whole frame, as RFC 6386 has it.
    pub data: Vec<u8>,
    /// It can be decoded by itself.
    pub key: bool,
}

/// Encodes one layer.
pub struct Encoder {
    context: Box<vpx::vpx_codec_ctx_t>,
    width: usize,
    height: usize,
}

// SAFETY: a libvpx context is not bound to the thread that made it; it only must not be used by two
// threads at once, and every use takes `&mut self`.
unsafe impl Send for Encoder {}

impl Encoder {
    /// An encoder for pictures of this size. Key frames come first and when asked for, never else.
    pub fn new(width: usize, height: usize, kilobits: u32, rate: u32) -> Result<Self, VideoError> {
        // SAFETY: the interface pointer is a constant of the library; `config` is written whole by
        // `vpx_codec_enc_config_default`, whose success is checked before it counts as initialised;
        // `context` is zeroed as the library wants.
        unsafe {
            let interface = vpx::vpx_codec_vp8_cx();
            let mut config = MaybeUninit::<vpx::vpx_codec_enc_cfg_t>::zeroed();
            let filled = vpx::vpx_codec_enc_config_default(interface, config.as_mut_ptr(), 0);
            check("configure", filled)?;
            let mut config = config.assume_init();
            configure(&mut config, (width, height), kilobits, rate);
            let mut context: Box<vpx::vpx_codec_ctx_t> = Box::new(mem::zeroed());
            let version = vpx::VPX_ENCODER_ABI_VERSION as i32;
            let started =
                vpx::vpx_codec_enc_init_ver(&mut *context, interface, &config, 0, version);
            check("start an encoder", started)?;
            let mut encoder = Self {
                context,
                width,
                height,
            };
            encoder.tune()?;
            Ok(encoder)
        }
    }

    fn tune(&mut self) -> Result<(), VideoError> {
        use vpx::vp8e_enc_control_id as id;
        let controls = [
            (id::VP8E_SET_CPUUSED, SPEED),
            (id::VP8E_SET_STATIC_THRESHOLD, STATIC_THRESHOLD as i32),
            (id::VP8E_SET_SCREEN_CONTENT_MODE, 1),
            (id::VP8E_SET_NOISE_SENSITIVITY, 0),
            (id::VP8E_SET_TOKEN_PARTITIONS, 0),
            (id::VP8E_SET_MAX_INTRA_BITRATE_PCT, 900),
        ];
        for (control, value) in controls {
            // SAFETY: the context is initialised, and each of these controls takes one integer.
            let done =
                unsafe { vpx::vpx_codec_control_(&mut *self.context, control as i32, value) };
            check("tune an encoder", done)?;
        }
        Ok(())
    }

    /// Encodes one picture shown at `at_ms`; `key` asks for a key frame. `None` if it was dropped.
    pub fn encode(
        &mut self,
        picture: &I420,
        at_ms: u64,
        key: bool,
    ) -> Result<Option<Vp8Frame>, VideoError> {
        let (width, height) = (picture.width, picture.height);
        if (width, height) != (self.width, self.height)
            || picture.data.len() < width * height * 3 / 2
        {
            return Err(VideoError::Size);
        }
        let flags = if key {
            i64::from(vpx::VPX_EFLAG_FORCE_KF)
        } else {
            0
        };
        // SAFETY: the image wraps the picture's planes with the size checked above and is read only
        // during `vpx_codec_encode`, which copies it; the library writes to none of its planes.
        unsafe {
            let mut image: vpx::vpx_image_t = mem::zeroed();
            let (format, data) = (
                vpx::vpx_img_fmt::VPX_IMG_FMT_I420,
                picture.data.as_ptr().cast_mut(),
            );
            if vpx::vpx_img_wrap(&mut image, format, width as u32, height as u32, 1, data).is_null()
            {
                return Err(VideoError::Size);
            }
            let deadline = u64::from(vpx::VPX_DL_REALTIME);
            let (at, flags) = (at_ms as i64, flags as _);
            let done =
                vpx::vpx_codec_encode(&mut *self.context, &image, at, 1, flags, deadline as _);
            check("encode", done)?;
        }
        Ok(self.take_frame())
    }

    fn take_frame(&mut self) -> Option<Vp8Frame> {
        let mut iterator: vpx::vpx_codec_iter_t = ptr::null();
        loop {
            // SAFETY: the context is initialised; a packet it returns is valid until the next call
            // that encodes, and is copied before that. `kind` says which member of the union is set.
            unsafe {
                let packet =
                    vpx::vpx_codec_get_cx_data(&mut *self.context, &mut iterator).as_ref()?;
                if packet.kind == vpx::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                    let frame = packet.data.frame;
                    let data = slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize);
                    let key = frame.flags & vpx::VPX_FRAME_IS_KEY != 0;
                    return Some(Vp8Frame {
                        data: data.to_vec(),
                        key,
                    });
                }
            }
        }
    }
}

/// Constant bitrate for conversation: one pass, no lookahead, no frames dropped, one thread.
fn configure(
    config: &mut vpx::vpx_codec_enc_cfg_t,
    size: (usize, usize),
    kilobits: u32,
    rate: u32,
) {
    config.g_w = size.0 as u32;
    config.g_h = size.1 as u32;
    config.g_threads = 1;
    config.g_timebase = vpx::vpx_rational { num: 1, den: 1000 };
    config.g_pass = vpx::vpx_enc_pass::VPX_RC_ONE_PASS;
    config.g_lag_in_frames = 0;
    config.rc_end_usage = vpx::vpx_rc_mode::VPX_CBR;
    config.rc_target_bitrate = kilobits;
    config.rc_dropframe_thresh = 0;
    config.rc_resize_allowed = 0;
    config.rc_min_quantizer = 12;
    config.rc_max_quantizer = 52;
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 15;
    config.rc_buf_sz = 1000;
    config.rc_buf_initial_sz = 500;
    config.rc_buf_optimal_sz = 600;
    config.kf_mode = vpx::vpx_kf_mode::VPX_KF_DISABLED;
    config.kf_max_dist = rate.max(1) * 3600;
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised in `new` and is destroyed once.
        unsafe { vpx::vpx_codec_destroy(&mut *self.context) };
    }
}

/// Decodes one layer.
pub struct Decoder {
    context: Box<vpx::vpx_codec_ctx_t>,
}

// SAFETY: as for `Encoder`.
unsafe impl Send for Decoder {}

/// The luma plane of a decoded picture.
pub struct Luma<'a> {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// `stride` × (`height` - 1) + `width` bytes.
    pub data: &'a [u8],
}

impl Decoder {
    /// A decoder; its first frame must be a key frame.
    pub fn new() -> Result<Self, VideoError> {
        // SAFETY: the context is zeroed as the library wants, the configuration may be null.
        unsafe {
            let mut context: Box<vpx::vpx_codec_ctx_t> = Box::new(mem::zeroed());
            let (interface, version) =
                (vpx::vpx_codec_vp8_dx(), vpx::VPX_DECODER_ABI_VERSION as i32);
            let started =
                vpx::vpx_codec_dec_init_ver(&mut *context, interface, ptr::null(), 0, version);
            check("start a decoder", started)?;
            Ok(Self { context })
        }
    }

    /// Decodes one frame; `None` if it shows nothing.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Option<Luma<'_>>, VideoError> {
        if declared_pixels(frame).is_some_and(|pixels| pixels == 0 || pixels > PIXELS_MAX) {
            return Err(VideoError::Size);
        }
        let length = u32::try_from(frame.len()).map_err(|_| VideoError::Size)?;
        // SAFETY: the context is initialised; the frame is read during the call only.
        let done = unsafe {
            vpx::vpx_codec_decode(
                &mut *self.context,
                frame.as_ptr(),
                length,
                ptr::null_mut(),
                0,
            )
        };
        check("decode", done)?;
        let mut iterator: vpx::vpx_codec_iter_t = ptr::null();
        // SAFETY: the image is the library's and valid until the next call to it, which needs
        // `&mut self`, which the returned borrow holds. Plane 0 has `d_h` rows of `stride[0]` bytes,
        // the last one at least `d_w` long.
        unsafe {
            let image = vpx::vpx_codec_get_frame(&mut *self.context, &mut iterator);
            let Some(image) = image.as_ref() else {
                return Ok(None);
            };
            let (width, height) = (image.d_w as usize, image.d_h as usize);
            let stride = usize::try_from(image.stride[0]).map_err(|_| VideoError::Size)?;
            if width == 0 || height == 0 || stride < width || image.planes[0].is_null() {
                return Ok(None);
            }
            let data = slice::from_raw_parts(image.planes[0], stride * (height - 1) + width);
            Ok(Some(Luma {
                width,
                height,
                stride,
                data,
            }))
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised in `new` and is destroyed once.
        unsafe { vpx::vpx_codec_destroy(&mut *self.context) };
    }
}

/// Whether a frame is a key frame (RFC 6386, 9.1: the lowest bit of its first byte is 0).
pub fn is_key(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & 1 == 0)
}

/// Width × height that a key frame declares in its bytes 6 to 9.
fn declared_pixels(frame: &[u8]) -> Option<usize> {
    let size = |at: usize| {
        Some(usize::from(
            u16::from_le_bytes([*frame.get(at)?, *frame.get(at + 1)?]) & 0x3fff,
        ))
    };
    is_key(frame).then(|| Some(size(6)? * size(8)?)).flatten()
}

fn check(what: &'static str, result: vpx::vpx_codec_err_t) -> Result<(), VideoError> {
    match result {
        vpx::vpx_codec_err_t::VPX_CODEC_OK => Ok(()),
        other => Err(VideoError::Codec(what, other as u32)),
    }
}

#[cfg(test)]
mod tests;

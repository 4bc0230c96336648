//! Speaks the digits: recordings at a changing pitch, with uneven pauses and a murmur behind them, as a WAV.

use crate::channels::challenge::chance::Chance;

/// Samples a second, of recordings and result.
const RATE: u16 = 8_000;

macro_rules! recordings {
    ($language:literal) => {
        [
            include_bytes!(concat!("voices/", $language, "/0.ulaw")).as_slice(),
            include_bytes!(concat!("voices/", $language, "/1.ulaw")),
            include_bytes!(concat!("voices/", $language, "/2.ulaw")),
            include_bytes!(concat!("voices/", $language, "/3.ulaw")),
            include_bytes!(concat!("voices/", $language, "/4.ulaw")),
            include_bytes!(concat!("voices/", $language, "/5.ulaw")),
            include_bytes!(concat!("voices/", $language, "/6.ulaw")),
            include_bytes!(concat!("voices/", $language, "/7.ulaw")),
            include_bytes!(concat!("voices/", $language, "/8.ulaw")),
            include_bytes!(concat!("voices/", $language, "/9.ulaw")),
        ]
    };
}

type Voice = [&'static [u8]; 10];

const ENGLISH: Voice = recordings!("en");
const MALAY: Voice = recordings!("ms");

/// A WAV (8 kHz, mono, 16 bit) of the digits in a language; English where no recordings exist. The same for the same
/// seed. Pauses are long enough to write each digit down.
pub fn sound(digits: &str, language: &str, seed: u64) -> Vec<u8> {
    let chance = &mut Chance::new(seed, 2);
    let voice = match language.split('-').next() {
        Some("ms") => MALAY,
        Some(_) | None => ENGLISH,
    };
    let mut samples = vec![0.0; pause(chance, 0.4, 0.6)];
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        let recording = voice[digit as usize];
        let loudness = chance.between(0.75, 1.0);
        samples.extend(spoken(recording, chance.between(0.9, 1.1)).map(|sample| sample * loudness));
        samples.extend(std::iter::repeat_n(0.0, pause(chance, 0.5, 1.0)));
    }
    murmur(&mut samples, &voice, chance);
    wav(&samples)
}

/// The recording, faster and higher or slower and lower.
fn spoken(recording: &'static [u8], speed: f32) -> impl Iterator<Item = f32> {
    let length = recording.len();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a recording has a few thousand samples"
    )]
    let at = move |n: usize| (n as f32 * speed) as usize;
    (0..length * 2).map(at).take_while(move |at| *at < length).map(move |at| level(recording[at]))
}

/// Other digits, backwards and faint, and a hiss: heard through with ease, and in the way of simple recognition.
fn murmur(samples: &mut [f32], voice: &Voice, chance: &mut Chance) {
    let mut behind = Vec::with_capacity(samples.len());
    while behind.len() < samples.len() {
        let recording = voice[chance.below(voice.len())];
        behind.extend(recording.iter().rev().map(|byte| level(*byte) * 0.07));
        behind.extend(std::iter::repeat_n(0.0, pause(chance, 0.05, 0.3)));
    }
    for (sample, behind) in samples.iter_mut().zip(behind) {
        *sample += behind + chance.between(-0.012, 0.012);
    }
}

/// So many samples of silence, from `low` to `high` seconds.
fn pause(chance: &mut Chance, low: f32, high: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a second")]
    let samples = (chance.between(low, high) * f32::from(RATE)) as usize;
    samples
}

/// G.711 mu-law to -1..1.
fn level(byte: u8) -> f32 {
    let byte = !byte;
    let exponent = (byte >> 4) & 0x07;
    let size = (((i16::from(byte & 0x0f)) << 3) + 132) << exponent;
    let value = f32::from(size - 132) / 32_768.0;
    if byte & 0x80 == 0 { value } else { -value }
}

fn wav(samples: &[f32]) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let rate = u32::from(RATE);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    // PCM, one channel, samples and bytes a second, bytes and bits a sample.
    file.extend(1u16.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(2u16.to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    for sample in samples {
        #[expect(clippy::cast_possible_truncation, reason = "clamped just before")]
        let value = (sample.clamp(-1.0, 1.0) * 32_767.0) as i16;
        file.extend(value.to_le_bytes());
    }
    file
}

//! The human challenge as a picture *and* as sound of the same digits: never a picture alone (WCAG 2.2, 3.3.8).
//!
//! Both are made from the digits and a seed alone, so that an address of them can be fetched twice and stays the same.
//! They keep out the simplest programs; what really limits guessing are the counters behind them.

mod chance;
mod picture;
mod sound;
mod strokes;
mod waits;

pub use picture::picture;
pub use sound::sound;
pub use waits::Waits;

/// The same for a terminal, where nothing can be drawn or played: the digits, set apart.
pub fn plain(digits: &str) -> String {
    let apart: Vec<String> = digits.chars().map(String::from).collect();
    apart.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width, height and grey values of a PNG.
    fn decoded(file: &[u8]) -> (u32, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut grey = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut grey).unwrap();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
        (info.width, info.height, grey)
    }

    /// Format fields and samples of a WAV.
    fn played(file: &[u8]) -> Vec<i16> {
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!((&file[..4], &file[8..16], &file[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!(word(4) as usize, file.len() - 8);
        assert_eq!(word(40) as usize, file.len() - 44);
        assert_eq!((word(20), word(24), word(28), word(32)), (0x0001_0001, 8_000, 16_000, 0x0010_0002));
        file[44..].chunks(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
    }

    #[test]
    fn a_picture_is_a_grey_png_as_wide_as_its_digits() {
        for (digits, width) in [("48151", 276), ("481516", 324), ("", 84)] {
            let (wide, high, grey) = decoded(&picture(digits, 7));
            assert_eq!((wide, high, grey.len()), (width, 96, width as usize * 96), "{digits}");
        }
    }

    #[test]
    fn a_seed_decides_all_and_another_changes_all() {
        assert_eq!(picture("48151", 7), picture("48151", 7));
        assert_eq!(sound("48151", "en", 7), sound("48151", "en", 7));
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..20 {
            assert!(seen.insert(picture("48151", seed)));
            assert!(seen.insert(sound("48151", "en", seed)));
        }
    }

    /// Ink stands where each digit belongs, and other digits put it elsewhere.
    #[test]
    fn every_digit_is_drawn_in_its_place() {
        let dark = |digits: &str, cell: usize| -> Vec<usize> {
            let (wide, _, grey) = decoded(&picture(digits, 3));
            let inside = |at: &usize| (18 + cell * 48..18 + (cell + 1) * 48).contains(&(at % wide as usize));
            (0..grey.len()).filter(|at| grey[*at] < 110).filter(inside).collect()
        };
        let blank = dark("      ", 2).len();
        for digit in '0'..='9' {
            let digits = format!("00{digit}000");
            assert!(dark(&digits, 2).len() > blank + 300, "{digit}");
            for other in ('0'..='9').filter(|other| *other != digit) {
                assert_ne!(dark(&digits, 2), dark(&format!("00{other}000"), 2), "{digit} {other}");
            }
        }
    }

    #[test]
    fn a_sound_is_a_wav_that_leaves_time_to_write() {
        for language in ["en", "ms"] {
            let samples = played(&sound("481516", language, 7));
            let seconds = samples.len() / 8_000;
            assert!((5..=12).contains(&seconds), "{language}: {seconds} s");
            let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            assert!(loudest > 12_000, "{language}: {loudest}");
        }
    }

    /// Each digit is heard: one loud stretch for each, with a pause after it.
    #[test]
    fn there_are_as_many_words_as_digits() {
        for language in ["en", "ms"] {
            for digit in '0'..='9' {
                let digits: String = std::iter::repeat_n(digit, 5).collect();
                let samples = played(&sound(&digits, language, 11));
                // Loud tenths of a second, and how often loudness begins after at least four quiet ones.
                let loud: Vec<bool> =
                    samples.chunks(800).map(|part| part.iter().any(|s| s.unsigned_abs() > 6_000)).collect();
                let begins = |at: usize| loud[at] && loud[at.saturating_sub(4)..at].iter().all(|before| !before);
                assert_eq!((0..loud.len()).filter(|at| begins(*at)).count(), 5, "{language} {digit}");
            }
        }
    }

    #[test]
    fn languages_sound_different_and_unknown_ones_are_english() {
        assert_ne!(sound("48151", "ms", 7), sound("48151", "en", 7));
        assert_eq!(sound("48151", "en-GB", 7), sound("48151", "en", 7));
        assert_eq!(sound("48151", "ta", 7), sound("48151", "en", 7));
    }

    #[test]
    fn a_terminal_shows_the_digits_apart() {
        assert_eq!(plain("48151"), "4 8 1 5 1");
    }
}

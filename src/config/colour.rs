//! Contrast of a tenant's accent colour, by the formula of WCAG 2.2 (relative luminance).

/// What text needs at its normal size (WCAG 2.2, 1.4.3).
pub const ENOUGH: f64 = 4.5;

/// Used where a tenant's own colour is too pale: white text on it has 8.6 to 1.
pub const FALLBACK: &str = "#1f4e79";

/// Red, green and blue of `#rrggbb`.
pub fn parse(text: &str) -> Result<[u8; 3], &'static str> {
    const SHAPE: &str = "not of the form #rrggbb";
    let digits = text.strip_prefix('#').ok_or(SHAPE)?;
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|_| SHAPE)?;
    bytes.try_into().map_err(|_| SHAPE)
}

/// Contrast to white, 1 to 21.
pub fn contrast_to_white(colour: [u8; 3]) -> f64 {
    1.05 / (luminance(colour) + 0.05)
}

fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |value: u8| {
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_have_the_known_contrasts() {
        assert!((contrast_to_white([0, 0, 0]) - 21.0).abs() < 0.001);
        assert!((contrast_to_white([255, 255, 255]) - 1.0).abs() < 0.001);
        // #767676 is the well-known lightest grey that passes, #777777 the first that fails.
        assert!(contrast_to_white([0x76; 3]) >= ENOUGH);
        assert!(contrast_to_white([0x77; 3]) < ENOUGH);
    }

    #[test]
    fn the_fallback_has_the_contrast_it_promises() {
        assert!((contrast_to_white(parse(FALLBACK).unwrap()) - 8.6).abs() < 0.1);
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in ["1f4e79", "#fff", "#1f4e7", "#1f4e7g", "", "#", "rgb(1,2,3)", "#1f4e79ff"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

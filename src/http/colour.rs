//! A tenant's accent colour: readable on light pages and on dark ones.

/// Background of dark pages; the same value is in `style.css`.
const DARK: Rgb = Rgb(0x12, 0x15, 0x1a);
/// WCAG 2.2, 1.4.3: normal text.
pub const ENOUGH: f64 = 4.5;
/// Used when a tenant's colour cannot be read; 7:1 on white.
pub const FALLBACK: Rgb = Rgb(0x1f, 0x4e, 0x8c);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    pub const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// WCAG contrast, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let c = f64::from(part) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// So many hundredths of the way to white.
    fn lighter(self, hundredths: u16) -> Self {
        let part = |c: u8| {
            let lifted = u16::from(c) + (255 - u16::from(c)) * hundredths / 100;
            u8::try_from(lifted).unwrap_or(u8::MAX)
        };
        Self(part(self.0), part(self.1), part(self.2))
    }
}

/// The style sheet of one institution: two custom properties.
pub fn brand_css(accent: &str) -> String {
    let accent = Rgb::parse(accent).filter(|a| a.contrast(Rgb(255, 255, 255)) >= ENOUGH).unwrap_or(FALLBACK);
    let on_dark = (0..=100).step_by(5).map(|step| accent.lighter(step)).find(|c| c.contrast(DARK) >= ENOUGH + 1.5);
    let on_dark = on_dark.unwrap_or(Rgb(255, 255, 255));
    format!(":root{{--accent-light:{};--accent-dark:{}}}\n", accent.css(), on_dark.css())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_is_readable_on_both_grounds() {
        for accent in ["#000000", "#7a0019", "#00539b", "#0b6e4f", "#5b2d8e"] {
            let css = brand_css(accent);
            let colours: Vec<Rgb> = css.split(&[':', ';', '}']).filter_map(Rgb::parse).collect();
            let [light, dark] = colours[..] else { panic!("{css}") };
            assert!(light.contrast(Rgb(255, 255, 255)) >= ENOUGH, "{accent} on white");
            assert!(dark.contrast(DARK) >= ENOUGH, "{accent} on dark");
        }
    }

    #[test]
    fn a_colour_too_pale_or_unreadable_falls_back() {
        assert!(brand_css("#ffee00").contains(&FALLBACK.css()));
        assert!(brand_css("red;}body{").contains(&FALLBACK.css()));
    }

    #[test]
    fn contrast_agrees_with_the_known_values() {
        assert!((Rgb(0, 0, 0).contrast(Rgb(255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((Rgb(0x77, 0x77, 0x77).contrast(Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
    }
}

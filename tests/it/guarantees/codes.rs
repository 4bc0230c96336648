//! Delivered codes: how long, how random, how long alive, and good for their own case only.

use ringback::model::ids::ChallengeId;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Entropy;
use ringback::runtime::system::SystemEntropy;
use ringback::verify::challenge::Challenge;
use ringback::verify::chance;
use ringback::verify::keys::{Keys, Root};

const CODES: u32 = 1_000_000;
/// Cells of a thousand three-digit groups.
const CELLS: usize = 1_000;

/// One million codes of eight digits, judged by their first and by their last three.
struct Sample {
    first: Vec<u32>,
    last: Vec<u32>,
    leading_zeros: u32,
}

impl Sample {
    /// `drawn` are the 32 bytes that each step of a conversation is handed.
    fn of(mut drawn: impl FnMut(u32) -> [u8; 32]) -> Self {
        let mut sample = Self { first: vec![0; CELLS], last: vec![0; CELLS], leading_zeros: 0 };
        for n in 0..CODES {
            // The second draw of a step is the one a code is made from; the first names its challenge.
            let code = chance::digits(8, chance::part(&drawn(n), 2));
            assert_eq!(code.len(), 8, "leading zeros are kept");
            sample.first[code[..3].parse::<usize>().unwrap()] += 1;
            sample.last[code[5..].parse::<usize>().unwrap()] += 1;
            sample.leading_zeros += u32::from(code.starts_with('0'));
        }
        sample
    }

    fn p_values(&self) -> [f64; 2] {
        [p_value(&self.first), p_value(&self.last)]
    }
}

/// How likely a fair draw is at least as uneven: chi-square with 999 degrees of freedom, by the cube-root
/// approximation of Wilson and Hilferty, which is good to three digits there.
fn p_value(cells: &[u32]) -> f64 {
    let expected = f64::from(CODES) / cells.len() as f64;
    let chi: f64 = cells.iter().map(|seen| (f64::from(*seen) - expected).powi(2) / expected).sum();
    let freedom = cells.len() as f64 - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    let z = ((chi / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    upper_tail(z)
}

/// One minus the normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7).
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum: f64 = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    let tail = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum;
    if z >= 0.0 { tail } else { 1.0 - tail }
}

#[test]
fn g15_a_million_codes_from_a_fixed_seed_are_even() {
    let seeded = |n: u32| {
        let mut drawn = [7; 32];
        drawn[..4].copy_from_slice(&n.to_be_bytes());
        drawn
    };
    let sample = Sample::of(seeded);
    let [first, last] = sample.p_values();
    println!("g15: {CODES} codes of 8 digits, fixed seed: p = {first:.4} (first three), {last:.4} (last three)");
    println!("g15: {} of them begin with 0", sample.leading_zeros);
    assert!(first > 0.001 && last > 0.001);
    assert!(sample.leading_zeros.abs_diff(CODES / 10) < 1_500, "five standard deviations");
}

#[test]
fn g15_a_million_codes_of_the_system_s_generator_are_even() {
    // A fair draw is called uneven twice in a thousand samples; three in a row do not happen by chance.
    let even = (1..=3).any(|attempt| {
        let [first, last] = Sample::of(|_| SystemEntropy.draw()).p_values();
        println!("g15: {CODES} codes of the system's generator, sample {attempt}: p = {first:.4}, {last:.4}");
        first > 0.001 && last > 0.001
    });
    assert!(even);
}

#[test]
fn g15_the_test_of_evenness_sees_a_bias() {
    // Codes made from one byte too few: 2^24 numbers folded on ten million.
    let mut state = 1u64;
    let mut biased = || {
        // Knuth's generator, whose upper bits are good enough here.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as u32 % 10_000_000 / 10_000
    };
    let mut cells = vec![0; CELLS];
    (0..CODES).for_each(|_| cells[biased() as usize] += 1);
    let p = p_value(&cells);
    println!("g15: a draw with too few bytes: p = {p:.2e}");
    assert!(p < 1e-9);
}

#[test]
fn g15_leading_zeros_are_kept_and_compared() {
    let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
    let now = Timestamp(1_700_000_000_000);
    for (digits, number) in [(8, 42u128), (6, 7), (8, 0), (6, 0)] {
        let (challenge, code) = Challenge::draw(ChallengeId([3; 16]), digits, number.to_be_bytes(), now, &keys);
        assert_eq!(code.reveal(), format!("{number:0width$}", width = usize::from(digits)));
        let short = challenge.typed(&number.to_string(), &keys);
        assert!(challenge.clone().redeem(&short, now) != ringback::verify::challenge::Verdict::Right, "{number}");
        let whole = challenge.typed(code.reveal(), &keys);
        assert!(challenge.clone().redeem(&whole, now) == ringback::verify::challenge::Verdict::Right, "{number}");
    }
}

#[test]
fn g13_a_delivered_code_is_good_at_four_fifty_nine_and_not_at_five_minutes_one() {
    use ringback::model::time::Seconds;
    use ringback::verify::challenge::Verdict;
    let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
    let sent = Timestamp(1_700_000_000_000);
    let (challenge, code) = Challenge::draw(ChallengeId([3; 16]), 8, [9; 16], sent, &keys);
    let typed = challenge.typed(code.reveal(), &keys);
    let at = |seconds| challenge.clone().redeem(&typed, sent + Seconds(seconds));
    println!("g13: at 4:59 {:?}, at 5:00 {:?}, at 5:01 {:?}", at(299), at(300), at(301));
    assert_eq!([at(299), at(300), at(301)], [Verdict::Right, Verdict::Expired, Verdict::Expired]);
}

#[test]
fn g12_a_code_of_one_case_is_wrong_in_every_other() {
    use ringback::verify::challenge::Verdict;
    let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
    let now = Timestamp(1_700_000_000_000);
    // Drawn alike, so that nothing but the case tells them apart.
    let cases: Vec<_> = (0..4).map(|n| Challenge::draw(ChallengeId([n; 16]), 8, [9; 16], now, &keys)).collect();
    let mut right = 0;
    for (ours, (challenge, code)) in cases.iter().enumerate() {
        for (theirs, (other, _)) in cases.iter().enumerate() {
            let verdict = other.clone().redeem(&challenge.typed(code.reveal(), &keys), now);
            assert_eq!(verdict == Verdict::Right, ours == theirs);
            right += usize::from(verdict == Verdict::Right);
        }
    }
    println!("g12: four cases with the same digits, 16 pairs, {right} right, each in its own case");
}

#[tokio::test]
async fn g14_an_authenticator_s_present_and_previous_step_count_once_and_no_older_one_ever_again() {
    use ringback::model::ids::{AccountId, TenantId};
    use ringback::ports::registry::StepUse;
    use ringback::verify::totp::{TotpSecret, right_codes};
    let secret = TotpSecret(zeroize::Zeroizing::new(b"12345678901234567890".to_vec()));
    let now = Timestamp(1_700_000_010_000);
    let step = now.unix_seconds() / 30;
    let steps: Vec<u64> = right_codes(&secret, now).iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [step, step - 1], "neither a later one nor the one before the previous");
    let folder = tempfile::tempdir().unwrap();
    let (tenant, account) = (TenantId("apu".to_owned()), AccountId("ada".to_owned()));
    let mut answers = Vec::new();
    for (n, used) in [step - 1, step, step, step - 1, step - 20, step + 1].into_iter().enumerate() {
        // A start anew before each.
        let registry = super::registry(folder.path());
        answers.push(registry.use_totp_step(&tenant, &account, used, &format!("op{n}")).await.unwrap());
    }
    println!("g14: previous, present, present, previous, older, next: {answers:?}");
    use StepUse::{Fresh, Replayed};
    assert_eq!(answers, [Fresh, Fresh, Replayed, Replayed, Replayed, Fresh]);
}

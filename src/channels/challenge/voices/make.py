#!/usr/bin/env python3
"""Makes the recordings of the digits: needs espeak-ng (Debian package of that name) and nothing else.

Run it in this folder. Each file is 8 kHz, mono, G.711 mu-law without a header, silence trimmed, at most 7,000 bytes.
"""
import math
import pathlib
import struct
import subprocess
import wave

WORDS = {
    "en": ("en-us", "zero one two three four five six seven eight nine"),
    "ms": ("ms", "kosong satu dua tiga empat lima enam tujuh lapan sembilan"),
}
RATE = 8000


def spoken(voice, word):
    subprocess.run(["espeak-ng", "-v", voice, "-s", "135", "-a", "160", "-w", "/tmp/digit.wav", word], check=True)
    with wave.open("/tmp/digit.wav") as file:
        rate, data = file.getframerate(), file.readframes(file.getnframes())
    return rate, [value / 32768 for value in struct.unpack(f"<{len(data) // 2}h", data)]


def resampled(rate, samples, taps=24):
    """Windowed sinc with its corner a little below half of the new rate."""
    step, corner = rate / RATE, 0.92 * RATE / rate
    out = []
    for n in range(int(len(samples) / step)):
        at, total = n * step, 0.0
        reach = int(taps * step)
        for i in range(max(0, int(at) - reach), min(len(samples), int(at) + reach + 1)):
            x = (i - at) * corner
            window = 0.5 + 0.5 * math.cos(math.pi * (i - at) / (reach + 1))
            total += samples[i] * corner * window * (1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x))
        out.append(total)
    return out


def trimmed(samples, floor=0.01, margin=160):
    loud = [i for i, value in enumerate(samples) if abs(value) > floor]
    return samples[max(0, loud[0] - margin):loud[-1] + margin]


def mu_law(value):
    sign, level = (0x80, -value) if value < 0 else (0x00, value)
    level = min(int(level * 32767), 32635) + 132
    exponent = max(0, level.bit_length() - 8)
    return ~(sign | exponent << 4 | (level >> (exponent + 3)) & 0x0F) & 0xFF


for language, (voice, words) in WORDS.items():
    folder = pathlib.Path(language)
    folder.mkdir(exist_ok=True)
    for digit, word in enumerate(words.split()):
        samples = trimmed(resampled(*spoken(voice, word)))
        peak = max(abs(value) for value in samples)
        data = bytes(mu_law(value / peak * 0.8) for value in samples)
        assert len(data) <= 7000, (language, word, len(data))
        (folder / f"{digit}.ulaw").write_bytes(data)
        print(language, word, len(data))

//! Places of a word ↔ the letters of its row: bits, six a digit, those of one impact together.
//!
//! Of a word on many pages most sections say about the same, so that the distance to the next one is nearly all that
//! there is to say of each.

use crate::index::code::{digit, value};
use crate::index::weights::Place;

/// Bits of the number that says how many bits of a section are written as they are, and the largest such number.
const LOW_BITS: u32 = 4;
const MOST_LOW: u32 = (1 << LOW_BITS) - 1;

/// Writes places, and sorts them: those of one impact together, as how much larger it is, how many they are, how
/// many bits of each are written as they are, and the sections between them.
pub(crate) fn write(places: &mut [Place], out: &mut String) {
    places.sort_unstable_by_key(|place| (place.impact(), *place));
    let mut bits = BitWriter::new(out);
    let mut impact = 0;
    for all in places.chunk_by(|a, b| a.impact() == b.impact()) {
        bits.gamma(u32::from(all[0].impact() - impact));
        impact = all[0].impact();
        bits.gamma(all.len() as u32);
        let last = all[all.len() - 1].section();
        let low = (last / all.len() as u32).max(1).ilog2().min(MOST_LOW);
        bits.put(low, LOW_BITS);
        let mut next = 0;
        for place in all {
            bits.rice(place.section() - next, low);
            next = place.section() + 1;
        }
    }
    bits.finish();
}

/// Reads what [`write`] wrote: sections, each with its impact.
pub(crate) fn read(text: &str) -> Vec<(u32, u8)> {
    let mut bits = BitReader::new(text);
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut impact = 0_u32;
    // No places are as short as what fills up the last digit.
    while bits.left() > 5 {
        impact = impact.saturating_add(bits.gamma()).min(63);
        let number = bits.gamma();
        let low = bits.take(LOW_BITS);
        let mut next = 0_u32;
        for _ in 0..number {
            if bits.left() == 0 {
                break;
            }
            let section = next.saturating_add(bits.rice(low));
            out.push((section, impact as u8));
            next = section.saturating_add(1);
        }
    }
    out
}

/// Writes bits as digits, the highest first; the last digit is filled up with zeros.
#[derive(Debug)]
struct BitWriter<'a> {
    out: &'a mut String,
    held: u64,
    /// How many bits are held, fewer than a digit has.
    size: u32,
}

impl<'a> BitWriter<'a> {
    /// Appends to a text.
    fn new(out: &'a mut String) -> Self {
        Self { out, held: 0, size: 0 }
    }

    /// Appends the lowest `size` bits of a number, at most 32.
    fn put(&mut self, number: u32, size: u32) {
        self.held = self.held << size | u64::from(number) & ((1 << size) - 1);
        self.size += size;
        while self.size >= 6 {
            self.size -= 6;
            self.out.push(digit((self.held >> self.size & 63) as u8));
        }
    }

    /// Appends as many ones, and a zero.
    fn ones(&mut self, number: u32) {
        for _ in 0..number {
            self.put(1, 1);
        }
        self.put(0, 1);
    }

    /// Appends a number by its Rice code: what is above `low` bits as ones, then these.
    fn rice(&mut self, number: u32, low: u32) {
        self.ones(number >> low);
        self.put(number, low);
    }

    /// Appends a number above 0 by its Elias gamma code: how many bits it has, then all but the first.
    fn gamma(&mut self, number: u32) {
        let size = number.max(1).ilog2();
        self.ones(size);
        self.put(number, size);
    }

    /// Writes what is held.
    fn finish(self) {
        if self.size > 0 {
            self.out.push(digit((self.held << (6 - self.size) & 63) as u8));
        }
    }
}

/// Reads what a [`BitWriter`] wrote; behind the end there are zeros.
#[derive(Debug)]
struct BitReader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Reads digits from their start.
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0 }
    }

    /// How many bits are left.
    fn left(&self) -> usize {
        (self.text.len() * 6).saturating_sub(self.at)
    }

    /// Takes a number of `size` bits, of which those above 32 are lost.
    fn take(&mut self, size: u32) -> u32 {
        let mut out = 0;
        for _ in 0..size {
            let digit = self.text.get(self.at / 6).map_or(0, |digit| value(*digit));
            out = out << 1 | u32::from(digit >> (5 - self.at % 6) & 1);
            self.at += 1;
        }
        out
    }

    fn ones(&mut self) -> u32 {
        let mut out = 0;
        while self.take(1) == 1 {
            out += 1;
        }
        out
    }

    /// Takes a Rice code.
    fn rice(&mut self, low: u32) -> u32 {
        let high = self.ones();
        high << low | self.take(low)
    }

    /// Takes a gamma code.
    fn gamma(&mut self) -> u32 {
        let size = self.ones();
        1_u32.checked_shl(size).unwrap_or(0) | self.take(size)
    }
}

#[cfg(test)]
mod tests {
    use super::{BitReader, BitWriter, read, write};
    use crate::index::weights::Place;

    #[test]
    fn places_come_back() {
        let all: Vec<(u32, u8)> = (0..400).map(|n| (n * n, (n % 7 * 9) as u8 + 1)).collect();
        for places in [&all[..1], &all[300..301], &all[..9], &all[..]] {
            let mut text = String::new();
            let mut made: Vec<_> = places.iter().map(|(s, i)| Place::new(*s, *i)).collect();
            write(&mut made, &mut text);
            let mut back = read(&text);
            back.sort_unstable();
            assert_eq!(back, places);
        }
        assert!(read("").is_empty());
    }

    #[test]
    fn what_is_broken_ends() {
        for text in ["_", "____________", "AAAAAAAAAAAA", "B___A_A_A_A_", "é;,\"", "zzzzzzzzzzzz"]
        {
            assert!(read(text).len() <= text.len() * 6, "{text}");
        }
    }

    #[test]
    fn bits_come_back() {
        let mut text = String::new();
        let mut bits = BitWriter::new(&mut text);
        for n in [1, 2, 3, 64, 800] {
            bits.gamma(n);
            bits.put(n, 10);
            bits.rice(n, 5);
        }
        bits.finish();
        let mut bits = BitReader::new(&text);
        for n in [1, 2, 3, 64, 800] {
            assert_eq!([bits.gamma(), bits.take(10), bits.rice(5)], [n; 3]);
        }
        assert!(bits.left() < 6, "{} bits left", bits.left());
        assert_eq!(bits.take(32), 0, "zeros behind the end");
    }
}

//! A small generator of numbers that look random and never change.
//!
//! It knows nothing of contracts; it exists so that the demonstration needs no clock and no dependency.

/// A splitmix64 generator (Steele, Lea and Flood, 2014).
pub struct Random {
    state: u64,
}

impl Random {
    /// A stream of its own for every purpose, so that a change in one office leaves the others as they were.
    pub fn for_purpose(seed: u64, purpose: &str) -> Random {
        // FNV-1a turns the purpose into a number.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Random { state: seed ^ hash }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low + 1).unsigned_abs();
        low + (self.next() % width) as i64
    }

    /// True in about `percent` of a hundred calls.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// A place in a list of `length` things; the list is not empty.
    pub fn index(&mut self, length: usize) -> usize {
        (self.next() % length as u64) as usize
    }

    /// One of the things in the list; the list is not empty.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.index(list.len())]
    }
}

//! A number → its natural logarithm, bit by bit the same everywhere: what is sorted by it keeps its order.

/// Natural logarithm by sums and products alone, so that every machine and language has the same bits.
pub(crate) fn ln(value: f64) -> f64 {
    let mut value = value;
    let mut out = 0.0;
    while value >= 2.0 {
        value /= 2.0;
        out += std::f64::consts::LN_2;
    }
    let y = (value - 1.0) / (value + 1.0);
    let square = y * y;
    let mut power = y;
    let mut n = 1.0;
    while n < 18.0 {
        out += 2.0 * power / n;
        power *= square;
        n += 2.0;
    }
    out
}

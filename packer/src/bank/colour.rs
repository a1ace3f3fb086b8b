//! RGB565, the colours of the runtime: red in the five high bits, green in six, blue in the five low ones.

/// `c` rounded to the nearest of `max + 1` steps, for every 8-bit channel value.
const fn steps(max: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 256 {
        table[c as usize] = (c * max + 127) / 255;
        c += 1;
    }
    table
}

static FIVE_BITS: [u16; 256] = steps(31);
static SIX_BITS: [u16; 256] = steps(63);

/// The RGB565 value of an 8-bit colour, each channel rounded on its own.
pub(super) fn rgb565([red, green, blue]: [u8; 3]) -> u16 {
    FIVE_BITS[usize::from(red)] << 11 | SIX_BITS[usize::from(green)] << 5 | FIVE_BITS[usize::from(blue)]
}

#[cfg(test)]
mod tests {
    use super::rgb565;

    #[test]
    fn every_channel_value_is_rounded_as_the_formula_says() {
        for c in 0..=255_u8 {
            let (five, six) = ((u32::from(c) * 31 + 127) / 255, (u32::from(c) * 63 + 127) / 255);
            assert_eq!(u32::from(rgb565([c, 0, 0])), five << 11);
            assert_eq!(u32::from(rgb565([0, c, 0])), six << 5);
            assert_eq!(u32::from(rgb565([0, 0, c])), five);
        }
        assert_eq!(rgb565([255, 128, 4]), 0xFC00, "128 rounds to 32 of 63, 4 to 0 of 31");
    }
}

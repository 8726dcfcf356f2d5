//! Fractions of constant polynomials, in forms that cost few multiplications.
//!
//! `Σ c/(X − c)` over some points is `κ·N/D` with monic polynomials `D` of degree `2h` and `N` of degree `2h − 1`. Both
//! together have `4h − 1` coefficients, and a multiplication takes up two at most, so `2h − 1` multiplications are the
//! least; the forms here need no more:
//!
//! - degree four: `s = (X + a₀)·X + a₁`, `D = (s + X + a₂)·s + a₃`, `N = (X + n₀)·(s + n₁) + n₂`;
//! - twice the degree: `D = S·(S + Q + a) + R`, `N = (S + c)·Q + R'` with `S` and `Q` a pair of half the degree and monic
//!   `R`, `R'` of the degree of `Q`, each of which is again `(S' + c')·Q' + R''` with the `S'` that are known.

use assay_circuits::Fr;
use ff::Field;

use crate::yul::{Code, Value, word};

/// Coefficients, the constant one first.
type Polynomial = Vec<Fr>;

/// `D` and `N`.
pub(crate) struct Pair {
    /// Common factor of the fraction.
    pub(crate) scale: Fr,
    form: Form,
}

/// How a pair is evaluated.
enum Form {
    Quartic {
        a: [Fr; 4],
        n: [Fr; 3],
    },
    Double {
        half: Box<Form>,
        /// `a`.
        shift: Fr,
        /// `R`.
        denominator: Odd,
        /// `c` and `R'`.
        numerator: (Fr, Odd),
    },
}

/// A monic polynomial of degree `2^i − 1`.
enum Odd {
    /// `X + c`.
    Linear(Fr),
    /// `(S + c)·Q + R` with the known `S` of degree `2^(i−1)`. The least `R` is a constant.
    Split { shift: Fr, quotient: Box<Odd>, rest: Rest },
}

enum Rest {
    Constant(Fr),
    Odd(Box<Odd>),
}

/// Monic polynomial with these roots.
fn vanishing(roots: &[Fr]) -> Polynomial {
    roots.iter().fold(vec![Fr::ONE], |polynomial, root| {
        let mut product = vec![Fr::ZERO; polynomial.len() + 1];
        for (i, coefficient) in polynomial.iter().enumerate() {
            product[i + 1] += coefficient;
            product[i] -= *coefficient * root;
        }
        product
    })
}

/// Quotient and remainder by a monic polynomial.
fn divide(dividend: &[Fr], divisor: &[Fr]) -> (Polynomial, Polynomial) {
    let degree = divisor.len() - 1;
    let mut rest = dividend.to_vec();
    let mut quotient = vec![Fr::ZERO; dividend.len() - degree];
    for place in (0..quotient.len()).rev() {
        let factor = rest[place + degree];
        quotient[place] = factor;
        rest[place..].iter_mut().zip(divisor).for_each(|(rest, coefficient)| *rest -= factor * coefficient);
    }
    rest.truncate(degree);
    (quotient, rest)
}

/// The monic polynomial whose square has the upper half of the coefficients of `square`, monic of even degree.
fn root(square: &[Fr]) -> Polynomial {
    let degree = (square.len() - 1) / 2;
    let half = Fr::from(2).invert().expect("odd modulus");
    let mut root = vec![Fr::ZERO; degree + 1];
    root[degree] = Fr::ONE;
    for i in 1..=degree {
        let known: Fr = (1..i).map(|j| root[degree - j] * root[degree - i + j]).sum();
        root[degree - i] = (square[2 * degree - i] - known) * half;
    }
    root
}

impl Pair {
    /// `Σ c·weight/(X − c)` over a power of two of points, four at least.
    pub(crate) fn sum(points: &[Fr], weight: impl Fn(Fr) -> Fr) -> Self {
        let mut sum = vec![Fr::ZERO; points.len()];
        for (i, point) in points.iter().enumerate() {
            let others: Vec<Fr> = points.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, point)| *point).collect();
            let weight = weight(*point);
            sum.iter_mut().zip(vanishing(&others)).for_each(|(sum, coefficient)| *sum += coefficient * weight);
        }
        let scale = sum[points.len() - 1];
        let inverse = scale.invert().expect("the points do not cancel");
        sum.iter_mut().for_each(|coefficient| *coefficient *= inverse);
        Self { scale, form: Form::new(&vanishing(points), &sum).0 }
    }

    /// Writes `D` and `N` at `x`, a name; intermediate values are declared before.
    pub(crate) fn write(&self, x: &Value, code: &mut Code) -> [Value; 2] {
        self.form.write(x, code).0
    }
}

impl Form {
    /// The form, and the known polynomials: of degrees 2, 4 and so on up to that of `D`.
    fn new(d: &[Fr], n: &[Fr]) -> (Self, Vec<Polynomial>) {
        if d.len() == 5 {
            return Self::quartic(d, n);
        }
        let lead = n.len() / 2 - 1;
        let difference: Polynomial =
            d.iter().enumerate().map(|(i, value)| *value - n.get(i).copied().unwrap_or_default()).collect();
        // S·(S + a) = (S + a/2)² − a²/4, and a moves the leading coefficient of R by a/2 through N modulo S.
        let whole = root(&difference);
        let square = product(&whole, &whole);
        let (_, rest) = divide(n, &whole);
        let shift = (Fr::ONE - (difference[lead] - square[lead] + rest[lead])).double();
        let half_shift = shift * Fr::from(2).invert().expect("odd modulus");
        let mut s = whole;
        s[0] -= half_shift;
        let (q, mut numerator) = divide(n, &s);
        let mut r: Polynomial =
            difference.iter().zip(&square).zip(&numerator).map(|((d, square), rest)| *d - square + rest).collect();
        r[0] += half_shift.square();
        let c = numerator[lead] - Fr::ONE;
        numerator.iter_mut().zip(&q).for_each(|(rest, q)| *rest -= c * q);

        let (half, mut known) = Self::new(&s, &q);
        let (denominator, numerator) = (Odd::new(&r, &known), (c, Odd::new(&numerator, &known)));
        known.push(d.to_vec());
        (Self::Double { half: Box::new(half), shift, denominator, numerator }, known)
    }

    fn quartic(d: &[Fr], n: &[Fr]) -> (Self, Vec<Polynomial>) {
        // s² + s·X + a₂·s + a₃ with s = X² + a₀·X + a₁, coefficient by coefficient.
        let half = Fr::from(2).invert().expect("odd modulus");
        let a0 = (d[3] - Fr::ONE) * half;
        let rest = d[2] - a0 * (a0 + Fr::ONE);
        let a1 = d[1] - a0 * rest;
        let a2 = rest - a1.double();
        let a3 = d[0] - a1 * (a1 + a2);
        // X·s + m₀·s + m₁·X + m₀·m₁ + m₂.
        let m0 = n[2] - a0;
        let m1 = n[1] - a1 - m0 * a0;
        let m2 = n[0] - m0 * (a1 + m1);
        (Self::Quartic { a: [a0, a1, a2, a3], n: [m0, m1, m2] }, vec![vec![a1, a0, Fr::ONE], d.to_vec()])
    }

    /// `D` and `N`, and the names of the known polynomials without `D`.
    fn write(&self, x: &Value, code: &mut Code) -> ([Value; 2], Vec<Value>) {
        match self {
            Self::Quartic { a, n } => {
                let ([a0, a1, a2, a3], [n0, n1, n2]) = (a.map(constant), n.map(constant));
                let s = x.clone().plus(a0).times(x).plus(a1);
                let s = code.named("s".to_owned(), &s);
                let numerator = x.clone().plus(n0).times(&s.clone().plus(n1)).plus(n2);
                let denominator = s.clone().plus(x.clone()).plus(a2).times(&s).plus(a3);
                ([denominator, numerator], vec![s])
            }
            Self::Double { half, shift, denominator, numerator } => {
                let ([s, q], mut known) = half.write(x, code);
                let degree = 2 << known.len();
                let s = code.named(format!("s{degree}"), &s);
                let q = code.named(format!("q{}", degree - 1), &q);
                known.push(s.clone());
                let sum = s.clone().plus(q.clone()).plus(constant(*shift));
                let d = sum.times(&s).plus(denominator.value(x, &known));
                let n = s.plus(constant(numerator.0)).times(&q).plus(numerator.1.value(x, &known));
                ([d, n], known)
            }
        }
    }
}

impl Odd {
    /// `polynomial` with `known` ones of degrees 2, 4 and so on.
    fn new(polynomial: &[Fr], known: &[Polynomial]) -> Self {
        if polynomial.len() == 2 {
            return Self::Linear(polynomial[0]);
        }
        let at = polynomial.len().ilog2() as usize - 2;
        let (s, lead) = (&known[at], polynomial.len() / 2 - 1);
        let (quotient, mut rest) = divide(polynomial, s);
        let target = if at == 0 { Fr::ZERO } else { Fr::ONE };
        let shift = rest[lead] - target;
        rest.iter_mut().zip(&quotient).for_each(|(rest, quotient)| *rest -= shift * quotient);
        let rest = if at == 0 { Rest::Constant(rest[0]) } else { Rest::Odd(Box::new(Self::new(&rest, known))) };
        Self::Split { shift, quotient: Box::new(Self::new(&quotient, known)), rest }
    }

    /// Multiplications by which the degree is reached: the index of `S`, and one more.
    fn level(&self) -> usize {
        match self {
            Self::Linear(_) => 0,
            Self::Split { quotient, .. } => quotient.level() + 1,
        }
    }

    fn value(&self, x: &Value, known: &[Value]) -> Value {
        match self {
            Self::Linear(c) => x.clone().plus(constant(*c)),
            Self::Split { shift, quotient, rest } => {
                let s = known[self.level() - 1].clone();
                let product = s.plus(constant(*shift)).times(&quotient.value(x, known));
                product.plus(match rest {
                    Rest::Constant(c) => constant(*c),
                    Rest::Odd(rest) => rest.value(x, known),
                })
            }
        }
    }
}

fn constant(value: Fr) -> Value {
    Value::reduced(word(value))
}

fn product(left: &[Fr], right: &[Fr]) -> Polynomial {
    let mut product = vec![Fr::ZERO; left.len() + right.len() - 1];
    for (i, a) in left.iter().enumerate() {
        for (j, b) in right.iter().enumerate() {
            product[i + j] += *a * b;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use ff::PrimeField;

    impl Form {
        /// `D` and `N` at `x`, and the known polynomials without `D`.
        fn at(&self, x: Fr) -> ([Fr; 2], Vec<Fr>) {
            match self {
                Self::Quartic { a: [a0, a1, a2, a3], n: [n0, n1, n2] } => {
                    let s = (x + a0) * x + a1;
                    ([(s + x + a2) * s + a3, (x + n0) * (s + n1) + n2], vec![s])
                }
                Self::Double { half, shift, denominator, numerator } => {
                    let ([s, q], mut known) = half.at(x);
                    known.push(s);
                    let d = s * (s + q + shift) + denominator.at(x, &known);
                    ([d, (s + numerator.0) * q + numerator.1.at(x, &known)], known)
                }
            }
        }
    }

    impl Odd {
        fn at(&self, x: Fr, known: &[Fr]) -> Fr {
            match self {
                Self::Linear(c) => x + c,
                Self::Split { shift, quotient, rest } => {
                    let rest = match rest {
                        Rest::Constant(c) => *c,
                        Rest::Odd(rest) => rest.at(x, known),
                    };
                    (known[self.level() - 1] + shift) * quotient.at(x, known) + rest
                }
            }
        }
    }

    #[test]
    fn forms_are_the_sums_that_they_stand_for() {
        for count in [4, 8, 16, 32] {
            let points: Vec<Fr> = (0..count).map(|i| Fr::from(7).pow_vartime([i + 3])).collect();
            let pair = Pair::sum(&points, |point| point.square() + Fr::ONE);
            for x in [Fr::ZERO, Fr::from(11), -Fr::from(5), Fr::MULTIPLICATIVE_GENERATOR.pow_vartime([1 << 40])] {
                let [d, n] = pair.form.at(x).0;
                let term = |point: &Fr| (point.square() + Fr::ONE) * (x - point).invert().expect("no point");
                assert_eq!(n * pair.scale, points.iter().map(term).sum::<Fr>() * d, "{count} points at {x:?}");
                assert_eq!(d, points.iter().map(|point| x - point).product::<Fr>(), "{count} points at {x:?}");
            }
        }
    }

    #[test]
    fn no_form_needs_more_multiplications_than_half_its_constants() {
        for count in [4, 8, 16, 32] {
            let points: Vec<Fr> = (0..count).map(|i| Fr::from(7).pow_vartime([i + 3])).collect();
            let mut code = Code::default();
            let [d, n] = Pair::sum(&points, |point| point).write(&Value::reduced("x"), &mut code);
            let text = [code.finish(), d.text, n.text].concat();
            let constants = 2 * count - 1;
            assert_eq!(text.matches("mulmod(").count() as u64, constants / 2, "{count} points");
        }
    }
}

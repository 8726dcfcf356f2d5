//! What the gates read of the weights: `Σ_d T_d·F(x·ω^−d)`, with `T_d` what reading `d` is and `F(X) = Σ c/(X − c)` over
//! the first row of every block.
//!
//! For eight assets the readings are written one after the other. For more they are a loop over the weights with a zero
//! before and after each kind, so that the first and the last reading are as the others.
//!
//! The points `c` are `γ·g^e` for `e = ±1/2, ±3/2, …`. With `u = X/γ` and `v = u + 1/u`, a pair of them gives
//! `g^e/(u − g^e) + g^−e/(u − g^−e) = (u − 1/u)/(v − g^e − g^−e) − 1`, which halves the degrees at the price of inverting
//! `x`. That pays off from [`RECIPROCAL`] points on.

use assay_circuits::Fr;
use ff::Field;
use serde::Serialize;

use crate::fraction::Pair;
use crate::inputs::{Family, Shape, add_fraction, constant, names, row_numbers, total, word_of};
use crate::yul::{Code, Program, Value};

/// Points from which on half of the degree is worth an inversion.
const RECIPROCAL: usize = 16;
/// Points up to which the readings are written one by one.
const UNROLLED: usize = 4;

/// The sum as a function of its own.
#[derive(Debug, Serialize)]
pub(crate) struct Function {
    /// It leaves the sum in `P` and `Q`.
    text: String,
    /// The statement that calls it.
    call: &'static str,
}

pub(crate) struct Weights<'f> {
    family: &'f Family,
    shape: Shape,
    pair: Pair,
    form: Form,
}

enum Form {
    Unrolled,
    Loop,
    /// A loop with `γ`.
    Reciprocal(Fr),
}

impl<'f> Weights<'f> {
    pub(crate) fn new(family: &'f Family, shape: Shape) -> Self {
        let rows = &family.rows;
        let points: Vec<Fr> = rows.iter().map(|row| shape.point(*row)).collect();
        if rows.len() < RECIPROCAL {
            let form = if rows.len() <= UNROLLED { Form::Unrolled } else { Form::Loop };
            return Self { family, shape, pair: Pair::sum(&points, |point| point), form };
        }
        let step = rows[1] - rows[0];
        assert!(rows.windows(2).all(|rows| rows[1] - rows[0] == step), "blocks stand at equal distances");
        let middle = shape.point((rows[0] + rows[rows.len() - 1]) / 2);
        assert_eq!(middle.square(), points[0] * points[points.len() - 1], "the middle is a row");
        let inverse = middle.invert().expect("a root of unity");
        let (low, high) = points.split_at(points.len() / 2);
        let sums: Vec<Fr> = low.iter().rev().zip(high).map(|(low, high)| (*low + high) * inverse).collect();
        Self { family, shape, pair: Pair::sum(&sums, |_| Fr::ONE), form: Form::Reciprocal(middle) }
    }

    /// What the fraction is to be multiplied by.
    pub(crate) fn scale(&self) -> Fr {
        self.pair.scale
    }

    /// Declares `p` and `q`; where a function computes them, returns it.
    pub(crate) fn write(&self, program: &mut Program, code: &mut Code) -> Option<Function> {
        if !matches!(self.form, Form::Unrolled) {
            code.line("let p := mload(P)");
            code.line("let q := mload(Q)");
            return Some(self.function(program));
        }
        code.line("let p");
        code.line("let q");
        let xd = Value::reduced("xd");
        let names = names(self.shape.size);
        for (shift, reading) in self.family.readings.iter().enumerate() {
            code.line("");
            code.comment(&format!("rows {}", row_numbers(&self.family.rows, shift)));
            if shift > 0 {
                turn("xd", self.shape.omega.invert().expect("a root of unity"), code);
            }
            code.open("");
            let [denominator, numerator] = self.pair.write(&xd, code);
            let inputs = reading.iter().map(|(term, input)| (*term, word_of(&names[*input])));
            let value = total(self.family, inputs, program, code).times(&numerator);
            if shift == 0 {
                code.line(&format!("p := {}", value.text));
                code.line(&format!("q := {}", denominator.text));
            } else {
                add_fraction(["p", "q"], &value, &denominator, code);
            }
            code.close();
        }
        None
    }

    fn function(&self, program: &mut Program) -> Function {
        let assets = self.shape.size.assets();
        let step = self.shape.omega;
        let (mut code, reciprocal) = (Code::default(), matches!(self.form, Form::Reciprocal(_)));
        let rows = row_numbers(&self.family.rows, 0);
        code.line(&format!("/// @dev Writes p/q = Σ (what is read in row j)·ω^j/(x − ω^j), but for a factor, over these rows and the {assets}"));
        code.line(&format!("/// after each: {rows}."));
        code.line("/// The weights stand between zeros, so that the first and the last reading are as the others.");
        code.open(if reciprocal {
            "function _weights() private view returns (bool ok) "
        } else {
            "function _weights() private pure "
        });
        code.open("assembly ");
        for (first, place) in [("W_0", 1), ("V_0", assets + 2)] {
            code.line(&format!("mcopy(add(PADDED, {:#x}), {first}, {:#x})", 32 * place, 32 * assets));
        }
        code.line("let p := 0");
        code.line("let q := 1");
        match self.form {
            Form::Reciprocal(middle) => {
                code.comment("x divided by the middle of the rows, and the inverse.");
                ["0x20", "0x20", "0x20", "mload(X)", "sub(ORDER, 2)", "ORDER"].iter().enumerate().for_each(
                    |(place, value)| {
                        code.line(&format!("mstore(add(POWER, {:#x}), {value})", 32 * place));
                    },
                );
                code.line("ok := staticcall(GAS_POWER, 5, POWER, 0xc0, POWER, 0x20)");
                let inverse = middle.invert().expect("a root of unity");
                for (name, place, by) in [("u", "X", inverse), ("w", "POWER", middle)] {
                    code.line(&format!("let {name} := mulmod(mload({place}), {}, ORDER)", constant(by).text));
                }
            }
            _ => code.line("let xd := mload(X)"),
        }
        code.line("let at := PADDED");
        code.line("let r := ORDER");
        code.open(&format!(
            "for {{ }} lt(at, add(PADDED, {:#x})) {{ at := add(at, 0x20) }} ",
            32 * self.family.readings.len()
        ));
        let x = if reciprocal {
            let [u, w] = ["u", "w"].map(Value::reduced);
            code.named("v".to_owned(), &u.plus(w))
        } else {
            Value::reduced("xd")
        };
        let [denominator, mut numerator] = self.pair.write(&x, &mut code);
        let d = code.named("d".to_owned(), &denominator);
        if reciprocal {
            let [u, w] = ["u", "w"].map(Value::reduced);
            numerator = code.named("n".to_owned(), &numerator).times(&u.minus(w)).minus(d.clone());
        }
        let inputs = self.offsets().into_iter().enumerate().map(|(term, offset)| {
            (term, if offset == 0 { word_of("at") } else { format!("mload(add(at, {:#x}))", 32 * offset) })
        });
        let value = total(self.family, inputs, program, &mut code).times(&numerator);
        let [p, q] = ["p", "q"].map(Value::reduced);
        code.line(&format!("p := {}", p.times(&d).plus(value.times(&q)).text));
        code.line(&format!("q := {}", q.times(&d).text));
        if reciprocal {
            turn("u", step.invert().expect("a root of unity"), &mut code);
            turn("w", step, &mut code);
        } else {
            turn("xd", step.invert().expect("a root of unity"), &mut code);
        }
        code.close();
        code.line("mstore(P, p)");
        code.line("mstore(Q, q)");
        code.close();
        code.close();
        Function { text: code.finish(), call: if reciprocal { "if (ok) ok = _weights();" } else { "_weights();" } }
    }

    /// For each term the word of the padded weights that reading 0 multiplies with it. Reading `d` does so `d` words on.
    fn offsets(&self) -> Vec<usize> {
        let assets = self.shape.size.assets();
        let padded = |input: usize| {
            let weight = input - (names(self.shape.size).len() - 2 * assets);
            if weight < assets { 1 + weight } else { 2 + weight }
        };
        let offset = |term: usize| {
            let places: Vec<(usize, usize)> = self
                .family
                .readings
                .iter()
                .enumerate()
                .flat_map(|(shift, reading)| {
                    reading.iter().filter(move |(of, _)| *of == term).map(move |(_, input)| (shift, padded(*input)))
                })
                .collect();
            let (shift, place) = places[0];
            assert_eq!(places.len(), assets, "a term multiplies each weight of one kind");
            assert!(places.iter().all(|(s, p)| p + shift == place + s), "one after the other");
            place - shift
        };
        (0..self.family.terms.len()).map(offset).collect()
    }
}

/// `name := name·by`.
fn turn(name: &str, by: Fr, code: &mut Code) {
    code.line(&format!("{name} := {}", Value::reduced(name).times(&constant(by)).text));
}

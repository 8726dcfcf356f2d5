//! Public inputs: what the gates read of the instance columns, as one fraction.
//!
//! A gate that reads input `k` of a column at a rotation `ρ` reads it in row `j = k − ρ`, where its factor is the
//! Lagrange polynomial `l_j(x) = (x^n − 1)/n · ω^j/(x − ω^j)`. Rows with the same reading are taken together: a weight
//! stands in one row of every block, and `Σ_j ω^j/(x − ω^j)` over these is one fraction `κ·N/D` with constant monic
//! `N` and `D`. The same rows further down, moved by `d`, have the same fraction at `x·ω^−d`.

use std::collections::BTreeMap;

use assay_circuits::Fr;
use assay_circuits::solvency::row;
use assay_circuits::units::ASSETS;
use ff::Field;

use crate::gates::Read;
use crate::polynomial::{Query, Term};
use crate::yul::{Code, Program, Value, word};

/// `Σ term·input`: what is read in one row. Terms are numbered per family, inputs as in the statement.
type Reading = Vec<(usize, usize)>;

/// A factor of an input, with its sign; none is one.
struct Multiplier {
    node: Option<usize>,
    negative: bool,
}

/// The readings of one constraint.
struct Family {
    read: Read,
    terms: Vec<Multiplier>,
    /// The constraint subtracts what it reads; then no term is negative.
    negative: bool,
    /// Rows that the first reading is made in.
    rows: Vec<usize>,
    /// Reading `d` is made in the same rows, moved down by `d`.
    readings: Vec<Reading>,
}

/// Finds the families.
fn families(reads: Vec<Read>, n: usize, program: &mut Program) -> Vec<Family> {
    let mut families: Vec<Family> = reads.into_iter().map(|read| family(read, n, program)).collect();
    // The largest first: its factor is applied once, to its whole fraction.
    families.sort_by_key(|family| usize::MAX - family.rows.len());
    assert!(families.iter().skip(1).all(|family| family.rows.len() == 1), "only weights stand in several rows");
    families
}

fn family(read: Read, n: usize, program: &mut Program) -> Family {
    let mut terms: Vec<Term> = Vec::new();
    let mut rows: BTreeMap<usize, Reading> = BTreeMap::new();
    for (query, term) in &read.terms {
        let Query::Instance(column, rotation) = *query else { unreachable!("only instance queries are split off") };
        let same = |known: &Term| known.coefficient == term.coefficient && known.factors == term.factors;
        let number = terms.iter().position(same).unwrap_or_else(|| {
            terms.push(term.clone());
            terms.len() - 1
        });
        for index in 0..row::len(ASSETS) {
            let (of, offset) = row::place(ASSETS, index);
            if of == column {
                let back = isize::try_from(rotation).expect("a rotation is small");
                let row = (n + offset).checked_add_signed(-back).expect("less than a turn") % n;
                rows.entry(row).or_default().push((number, index));
            }
        }
    }
    let mut groups: Vec<(Reading, Vec<usize>)> = Vec::new();
    for (row, mut reading) in rows {
        reading.sort_unstable();
        match groups.iter_mut().find(|(known, _)| *known == reading) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((reading, vec![row])),
        }
    }
    groups.sort_by_key(|(_, rows)| rows[0]);
    let first = groups[0].1.clone();
    for (shift, (_, rows)) in groups.iter().enumerate() {
        assert!(rows.iter().zip(&first).all(|(row, first)| *row == first + shift), "rows move together");
        assert_eq!(rows.len(), first.len());
    }
    assert!(terms.iter().all(|term| [Fr::ONE, -Fr::ONE].contains(&term.coefficient)), "no term has a coefficient");
    let negative = terms.iter().all(|term| term.coefficient == -Fr::ONE);
    let terms = terms.iter().map(|term| Multiplier {
        node: program.product(&term.factors),
        negative: !negative && term.coefficient == -Fr::ONE,
    });
    let terms = terms.collect();
    Family { read, terms, negative, rows: first, readings: groups.into_iter().map(|group| group.0).collect() }
}

/// Names of the memory words of the public inputs.
pub(crate) fn names() -> Vec<String> {
    let weights = |letter: &str| (0..ASSETS).map(|i| format!("{letter}_{i}")).collect::<Vec<_>>();
    [vec!["COMMITMENT".to_owned(), "CONTEXT".to_owned(), "MARGIN".to_owned()], weights("W"), weights("V")].concat()
}

/// Monic polynomial with these roots, constant coefficient first.
fn vanishing(roots: &[Fr]) -> Vec<Fr> {
    roots.iter().fold(vec![Fr::ONE], |polynomial, root| {
        let mut product = vec![Fr::ZERO; polynomial.len() + 1];
        for (i, coefficient) in polynomial.iter().enumerate() {
            product[i + 1] += coefficient;
            product[i] -= *coefficient * root;
        }
        product
    })
}

/// `Σ c/(X − c)` over four points as `κ·N/D`, in a form that costs three multiplications:
/// `s = (X + a₀)·X + a₁`, `D = (s + X + a₂)·s + a₃`, `N = (X + n₀)·(s + n₁) + n₂`.
struct Quartic {
    scale: Fr,
    a: [Fr; 4],
    n: [Fr; 3],
}

impl Quartic {
    fn new(points: &[Fr]) -> Self {
        let d = vanishing(points);
        let mut sum = [Fr::ZERO; 4];
        for (i, point) in points.iter().enumerate() {
            let others: Vec<Fr> = points.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, point)| *point).collect();
            sum.iter_mut().zip(vanishing(&others)).for_each(|(sum, coefficient)| *sum += coefficient * point);
        }
        let scale = sum[3];
        let inverse = scale.invert().expect("the points do not cancel");
        let [n0, n1, n2, _] = sum.map(|coefficient| coefficient * inverse);
        // s² + s·X + a₂·s + a₃ with s = X² + a₀·X + a₁, coefficient by coefficient.
        let half = Fr::from(2).invert().expect("odd modulus");
        let a0 = (d[3] - Fr::ONE) * half;
        let rest = d[2] - a0 * (a0 + Fr::ONE);
        let a1 = d[1] - a0 * rest;
        let a2 = rest - a1.double();
        let a3 = d[0] - a1 * (a1 + a2);
        // X·s + m₀·s + m₁·X + m₀·m₁ + m₂.
        let m0 = n2 - a0;
        let m1 = n1 - a1 - m0 * a0;
        let m2 = n0 - m0 * (a1 + m1);
        Self { scale, a: [a0, a1, a2, a3], n: [m0, m1, m2] }
    }
}

/// Writes `p/q`, which times `x^n − 1` is what all gates read of the public inputs. Uses `x` in memory, `y`, `y2`, `y3`.
pub(crate) fn write(reads: Vec<Read>, omega: Fr, n: usize, program: &mut Program, code: &mut Code) {
    let families = families(reads, n, program);
    let power = |row: usize| omega.pow_vartime([row as u64]);
    let points: Vec<Fr> = families[0].rows.iter().map(|row| power(*row)).collect();
    let quartic = Quartic::new(&points);
    let step = omega.invert().expect("a root of unity");
    factors(&families, &|family, row| if family == 0 { quartic.scale } else { power(row) }, n, program, code);

    code.line("let xd := mload(X)");
    code.line("let p");
    code.line("let q");
    weights(&families[0], &quartic, step, program, code);
    code.line("p := mulmod(p, f0, r)");
    for (number, family) in families.iter().enumerate().skip(1) {
        code.line("");
        code.comment(&format!("rows {} and on", family.rows[0]));
        code.line("{");
        code.line("    xd := mload(X)");
        let distance = || xd().plus(constant(-power(family.rows[0])));
        for (shift, reading) in family.readings.iter().enumerate() {
            let value = total(family, reading, program, code);
            if shift == 0 {
                code.line(&format!("    let p1 := {}", value.text));
                code.line(&format!("    let q1 := {}", distance().text));
                continue;
            }
            code.line(&format!("    xd := {}", xd().times(&constant(step)).text));
            code.line("    {");
            add_fraction(["p1", "q1"], &value, &distance(), code);
            code.line("    }");
        }
        let factor = Value::reduced(format!("f{number}"));
        let [p, q, p1, q1] = ["p", "q", "p1", "q1"].map(Value::reduced);
        code.line(&format!("    p := {}", p.times(&q1).plus(p1.times(&factor).times(&q)).text));
        code.line(&format!("    q := {}", q.times(&q1).text));
        code.line("}");
    }
}

fn xd() -> Value {
    Value::reduced("xd")
}

fn constant(value: Fr) -> Value {
    Value::reduced(word(value))
}

fn rows(first: &[usize], shift: usize) -> String {
    first.iter().map(|row| (row + shift).to_string()).collect::<Vec<_>>().join(", ")
}

/// Factors `f0`, `f1`, … of the families: selector, power of `y`, `1/n` and the scale of the fraction.
fn factors(families: &[Family], scale: &dyn Fn(usize, usize) -> Fr, n: usize, program: &mut Program, code: &mut Code) {
    let per_row = Fr::from(n as u64).invert().expect("odd modulus");
    let mut order: Vec<(usize, &Family)> = families.iter().enumerate().collect();
    order.sort_by_key(|(_, family)| family.read.exponent);
    code.line("let yn := 1");
    let mut reached = 0;
    for (number, family) in order {
        let exponent = family.read.exponent;
        raise(exponent - reached, reached == 0, code);
        reached = exponent;
        let scale = scale(number, family.rows[0]) * per_row * if family.negative { -Fr::ONE } else { Fr::ONE };
        let mut factor = program.value(family.read.selector, code).times(&constant(scale));
        if exponent > 0 {
            factor = factor.times(&Value::reduced("yn"));
        }
        code.line(&format!("let f{number} := {}", factor.text));
    }
}

/// Multiplies `yn` by `y^by`; `fresh` says that it is one.
fn raise(by: usize, fresh: bool, code: &mut Code) {
    let factor = |by: usize| ["y", "y2", "y3"][by - 1];
    if by == 0 {
        return;
    }
    if !fresh {
        assert!(by <= 3, "constraints that read public inputs stand side by side");
        return code.line(&format!("yn := mulmod(yn, {}, r)", factor(by)));
    }
    // From the top, two bits at a time.
    let pairs = (0..by.ilog2() / 2 + 1).rev().map(|pair| by >> (2 * pair) & 3);
    for (i, pair) in pairs.enumerate() {
        if i == 0 {
            code.line(&format!("yn := {}", factor(pair)));
            continue;
        }
        code.line("yn := mulmod(yn, yn, r)");
        code.line("yn := mulmod(yn, yn, r)");
        if pair > 0 {
            code.line(&format!("yn := mulmod(yn, {}, r)", factor(pair)));
        }
    }
}

/// Writes the fraction of the weights, without its factor.
fn weights(family: &Family, quartic: &Quartic, step: Fr, program: &mut Program, code: &mut Code) {
    let s = || Value { text: "s".to_owned(), bound: 2 };
    for (shift, reading) in family.readings.iter().enumerate() {
        code.line("");
        code.comment(&format!("rows {}", rows(&family.rows, shift)));
        if shift > 0 {
            code.line(&format!("xd := {}", xd().times(&constant(step)).text));
        }
        let [a0, a1, a2, a3] = quartic.a.map(constant);
        let [n0, n1, n2] = quartic.n.map(constant);
        code.line("{");
        code.line(&format!("    let s := {}", xd().plus(a0).times(&xd()).plus(a1).text));
        let numerator = xd().plus(n0).times(&s().plus(n1)).plus(n2);
        let value = total(family, reading, program, code).times(&numerator);
        let denominator = s().plus(xd()).plus(a2).times(&s()).plus(a3);
        if shift == 0 {
            code.line(&format!("    p := {}", value.text));
            code.line(&format!("    q := {}", denominator.text));
        } else {
            add_fraction(["p", "q"], &value, &denominator, code);
        }
        code.line("}");
    }
}

/// `p/q := p/q + numerator/denominator`.
fn add_fraction(names: [&str; 2], numerator: &Value, denominator: &Value, code: &mut Code) {
    let [p, q] = names.map(Value::reduced);
    code.line(&format!("    let d := {}", denominator.text));
    let d = Value { text: "d".to_owned(), bound: denominator.bound };
    let sum = p.clone().times(&d).plus(numerator.clone().times(&q));
    code.line(&format!("    {} := {}", p.text, sum.text));
    code.line(&format!("    {} := {}", q.text, q.clone().times(&d).text));
}

/// `Σ term·input` of one reading.
fn total(family: &Family, reading: &Reading, program: &mut Program, code: &mut Code) -> Value {
    let names = names();
    let mut sums: [Option<Value>; 2] = [None, None];
    for (number, index) in reading {
        let term = &family.terms[*number];
        let input = Value::reduced(format!("mload({})", names[*index]));
        let value = match term.node {
            Some(node) => input.times(&program.value(node, code)),
            None => input,
        };
        let sum = &mut sums[usize::from(term.negative)];
        *sum = Some(match sum.take() {
            Some(sum) => sum.plus(value),
            None => value,
        });
    }
    match sums {
        [Some(plus), Some(minus)] => plus.minus(minus),
        [Some(plus), None] => plus,
        [None, Some(minus)] => Value::reduced("0").minus(minus),
        [None, None] => unreachable!("a reading reads something"),
    }
}

//! No circle between modules: each uses only what stands before it, so that it can be read, and changed, in one order.
//!
//! A module is a file. It uses another where its code has a path into it, through whatever re-exports. What a module
//! declares is a part of it: the part may use the whole, and a re-export of what is in a part is no use. Tests within the
//! crates may use anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

type Name = Vec<String>;

/// What one file says: which modules it declares, which names it imports, and which paths its code has.
#[derive(Default)]
struct Module {
    declared: Vec<String>,
    imports: Vec<Import>,
    paths: Vec<Name>,
}

struct Import {
    path: Name,
    /// The name that it has here; none for `*`.
    alias: Option<String>,
    public: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Mark(char),
    Other,
}

impl Token {
    fn is(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    fn word(&self) -> Option<&str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }
}

/// All tokens in order, without items under `#[cfg(test)]`.
fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        match tree {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = trees.get(at)
                    && group.stream().to_string().replace(' ', "") == "cfg(test)"
                {
                    let ends = |tree: &TokenTree| match tree {
                        TokenTree::Punct(mark) => mark.as_char() == ';',
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        _ => false,
                    };
                    at += trees[at..].iter().position(ends).map_or(trees.len(), |end| end + 1);
                }
            }
            TokenTree::Punct(mark) => tokens.push(Token::Mark(mark.as_char())),
            TokenTree::Ident(word) => tokens.push(Token::Word(word.to_string())),
            TokenTree::Literal(_) => tokens.push(Token::Other),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Parenthesis | Delimiter::None => ('(', ')'),
                };
                tokens.push(Token::Mark(open));
                flatten(group.stream(), tokens);
                tokens.push(Token::Mark(close));
            }
        }
    }
}

impl Module {
    fn parse(text: &str) -> Self {
        let mut tokens = Vec::new();
        flatten(text.parse().unwrap(), &mut tokens);
        let mut module = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            match rest {
                [Token::Word(word), Token::Word(name), end, ..] if word == "mod" && end.is(';') => {
                    module.declared.push(name.clone());
                    at += 3;
                }
                [Token::Word(word), ..] if word == "use" => {
                    let end = rest.iter().position(|token| token.is(';')).unwrap();
                    // After `pub` or `pub(crate)`.
                    let public = at > 0 && (tokens[at - 1].word() == Some("pub") || tokens[at - 1].is(')'));
                    module.import(&rest[1..end], &[], public);
                    at += end;
                }
                [Token::Word(_), ..] => {
                    let path = path(rest);
                    at += 3 * path.len() - 2;
                    if path.len() > 1 {
                        module.paths.push(path);
                    }
                }
                _ => at += 1,
            }
        }
        module
    }

    /// The leaves of a tree of imports.
    fn import(&mut self, tree: &[Token], prefix: &[String], public: bool) {
        let mut path = prefix.to_vec();
        let mut at = 0;
        while let Some(token) = tree.get(at) {
            at += 1;
            match token {
                Token::Word(word) if word == "as" => {
                    let alias = tree.get(at).and_then(Token::word).map(str::to_owned);
                    self.imports.push(Import { path, alias, public });
                    return;
                }
                Token::Word(word) => path.push(word.clone()),
                Token::Mark('*') => {
                    self.imports.push(Import { path, alias: None, public });
                    return;
                }
                Token::Mark('{') => {
                    let mut depth = 0;
                    let inside = &tree[at..tree.len() - 1];
                    let parts = inside.split(|token| {
                        depth += i32::from(token.is('{')) - i32::from(token.is('}'));
                        depth == 0 && token.is(',')
                    });
                    parts.filter(|part| !part.is_empty()).for_each(|part| self.import(part, &path, public));
                    return;
                }
                _ => {}
            }
        }
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        self.imports.push(Import { alias: path.last().cloned(), path, public });
    }
}

/// The path that `tokens` begin with: `a::b::c`.
fn path(tokens: &[Token]) -> Name {
    let mut path = vec![tokens[0].word().unwrap().to_owned()];
    while let [first, second, Token::Word(word), ..] = &tokens[3 * path.len() - 2..]
        && first.is(':')
        && second.is(':')
    {
        path.push(word.clone());
    }
    path
}

/// The modules of a crate by their paths; the root has none.
struct Modules(BTreeMap<Name, Module>);

impl Modules {
    fn load(read: &dyn Fn(&Name) -> String) -> Self {
        let mut modules = BTreeMap::new();
        let mut left = vec![Name::new()];
        while let Some(name) = left.pop() {
            let module = Module::parse(&read(&name));
            left.extend(module.declared.iter().map(|child| [name.as_slice(), std::slice::from_ref(child)].concat()));
            modules.insert(name, module);
        }
        Self(modules)
    }

    fn of_crate(folder: &Path) -> Self {
        Self::load(&|name| {
            let file = if name.is_empty() { "lib".to_owned() } else { name.join("/") };
            let path = folder.join("src").join(format!("{file}.rs"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
    }

    /// The module in which a path of `here` ends; none where it leads out of the crate.
    fn resolve(&self, here: &Name, path: &[String]) -> Option<Name> {
        let (first, mut rest) = path.split_first()?;
        let module = &self.0[here];
        let mut at = match first.as_str() {
            "crate" => Name::new(),
            "self" => here.clone(),
            "super" => here[..here.len().checked_sub(1)?].to_vec(),
            child if module.declared.iter().any(|declared| declared == child) => {
                [here.as_slice(), &[child.to_owned()]].concat()
            }
            name => {
                let named = |import: &&Import| import.alias.as_deref() == Some(name) && import.path[0] != name;
                let import = module.imports.iter().find(named)?;
                return self.resolve(here, &[&import.path, rest].concat());
            }
        };
        while let Some((name, after)) = rest.split_first() {
            let below = [at.as_slice(), std::slice::from_ref(name)].concat();
            if name == "super" {
                at.pop()?;
            } else if self.0.contains_key(&below) {
                at = below;
            } else {
                let import = self.0[&at].imports.iter().find(|import| import.alias.as_ref() == Some(name));
                return match import {
                    Some(import) => self.resolve(&at, &[&import.path, after].concat()),
                    None => Some(at),
                };
            }
            rest = after;
        }
        Some(at)
    }

    /// Which modules each one uses.
    fn uses(&self) -> BTreeMap<&Name, BTreeSet<Name>> {
        let of = |(name, module): (&Name, &Module)| {
            let imports = module.imports.iter().filter_map(|import| {
                let used = self.resolve(name, &import.path)?;
                (!import.public || !used.starts_with(name)).then_some(used)
            });
            let paths = module.paths.iter().filter_map(|path| self.resolve(name, path));
            imports.chain(paths).filter(|used| !name.starts_with(used)).collect()
        };
        self.0.iter().map(|entry| (entry.0, of(entry))).collect()
    }

    /// Modules each of which uses the next, and the last the first.
    fn circle(&self) -> Option<Vec<String>> {
        let mut uses = self.uses();
        // Takes away what uses nothing that is left, until all that is left is in circles or before them.
        while let Some(last) = uses.iter().find(|(_, used)| used.is_empty()).map(|(name, _)| *name) {
            uses.remove(last);
            uses.values_mut().for_each(|used| {
                used.remove(last);
            });
        }
        let mut path = vec![(*uses.keys().next()?).clone()];
        loop {
            let next = uses[path.last().unwrap()].first().unwrap().clone();
            if let Some(start) = path.iter().position(|name| *name == next) {
                return Some(path[start..].iter().map(|name| format!("crate::{}", name.join("::"))).collect());
            }
            path.push(next);
        }
    }
}

fn circle_of(files: &[(&str, &str)]) -> Option<Vec<String>> {
    let text = |name: &Name| files.iter().find(|(path, _)| *path == name.join("::")).unwrap().1.to_owned();
    Modules::load(&text).circle()
}

#[test]
fn modules_of_the_verifier_make_a_chain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = Modules::of_crate(root);
    assert!(modules.0.len() > 30, "all modules are read: {}", modules.0.len());
    assert_eq!(modules.circle(), None);
}

#[test]
fn modules_of_the_circuits_and_of_the_protocol_make_chains() {
    let circuits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../circuits");
    for (folder, least) in [(circuits.clone(), 12), (circuits.join("protocol"), 15)] {
        let modules = Modules::of_crate(&folder);
        assert!(modules.0.len() >= least, "all modules are read: {}", modules.0.len());
        assert_eq!(modules.circle(), None, "{}", folder.display());
    }
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let root = "pub mod a; mod b; mod c; pub use b::B;";
    let found = |a: &str, b: &str, c: &str| circle_of(&[("", root), ("a", a), ("b", b), ("c", c)]);
    assert_eq!(found("use crate::b::B;", "use crate::c::C;", "pub struct C;"), None);
    let circle = Some(vec!["crate::a".to_owned(), "crate::b".to_owned()]);
    assert_eq!(found("use crate::b::B;", "use crate::a::A;", ""), circle);
    assert_eq!(found("use crate::B;", "fn f(a: &super::a::A) {}", ""), circle, "a re-export and a path");
    assert_eq!(found("use crate::{b::{B, D}, c};", "fn f() { matches!(x, crate::a::A) }", ""), circle, "a macro");
    assert_eq!(found("use super::b; fn f() { b::g() }", "use crate::a::*;", ""), circle, "a module and all of another");
    let longer = found("use crate::b::B;", "use crate::c::{self as sea};", "use crate::a::A as First;").unwrap();
    assert_eq!(longer.len(), 3);
    assert_eq!(found("use crate::b::B;", "#[cfg(test)] mod tests { use crate::a::A; }", ""), None, "tests may");
    let files = [("", "mod a;"), ("a", "mod b; pub use b::B; pub struct A;"), ("a::b", "pub struct B;")];
    assert_eq!(circle_of(&files), None, "a re-export of what is below is no use");
    let files = [("", "mod a;"), ("a", "mod b; pub struct A(b::B);"), ("a::b", "use super::A; pub struct B;")];
    assert_eq!(circle_of(&files), None, "a part may use the whole");
    let files = [
        ("", "mod a;"),
        ("a", "mod b; mod c; pub use b::B; pub use c::C;"),
        ("a::b", "use super::C; pub struct B;"),
        ("a::c", "use crate::a::B; pub struct C;"),
    ];
    assert_eq!(circle_of(&files).unwrap(), ["crate::a::b", "crate::a::c"], "two parts, through the whole");
}

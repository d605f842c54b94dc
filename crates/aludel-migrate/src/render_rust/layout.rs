//! Where lines break: as rustfmt breaks them with its default settings, so that a generated file stays as it is
//! when the user formats the project.
//!
//! An expression is laid out in a [`Shape`]; `None` means that it does not fit there, and whoever asked tries
//! another way. What fits nowhere (a literal longer than a line) is written in one line, which rustfmt leaves alone.

use super::code::Code;

const LINE: usize = 100;
const TAB: usize = 4;
/// The widest list of arguments, array or chain on one line.
const SMALL: usize = 60;
/// Array elements up to this width are packed into lines.
const SHORT_ELEMENT: usize = 10;

/// An expression as a statement at an indent, without the semicolon.
pub(super) fn statement(code: &Code, indent: usize) -> String {
    let shape = Shape { indent, offset: 0, width: LINE - indent - 1 };
    rewrite(code, shape, false).unwrap_or_else(|| one_line(code))
}

/// The right side of `… =` in a line at the left margin that is `before` wide, with the space or line break in front
/// and without the semicolon.
pub(super) fn assigned(code: &Code, before: usize) -> String {
    let beside = Shape { indent: 0, offset: before + 1, width: LINE.saturating_sub(before + 2) };
    let here = rewrite(code, beside, false);
    if let Some(here) = here.as_ref().filter(|here| !here.contains('\n')) {
        return format!(" {here}");
    }
    let below = Shape { indent: TAB, offset: 0, width: LINE - TAB - 1 };
    let there = rewrite(code, below, false).filter(|text| fits(text, below));
    match (here, there) {
        (None, None) => format!(" {}", one_line(code)),
        (Some(here), None) => format!(" {here}"),
        (Some(here), Some(there)) if !prefers_next_line(&here, &there) => format!(" {here}"),
        (_, Some(there)) => format!("\n    {there}"),
    }
}

fn prefers_next_line(here: &str, there: &str) -> bool {
    let opens = |text: &str, with: char| text.lines().next().is_some_and(|line| line.ends_with(with));
    !there.contains('\n')
        || here.matches('\n').count() > there.matches('\n').count() + 1
        || ['(', '['].iter().any(|with| opens(here, *with) && !opens(there, *with))
}

/// Where an expression stands: the indent of its block, how far behind that it begins, and how wide it may be.
#[derive(Clone, Copy, Debug)]
struct Shape {
    indent: usize,
    offset: usize,
    width: usize,
}

impl Shape {
    fn used(self) -> usize {
        self.indent + self.offset
    }

    /// A new line, deeper by `extra`.
    fn block(self, extra: usize) -> Shape {
        let indent = self.indent + extra;
        Shape { indent, offset: 0, width: LINE.saturating_sub(indent) }
    }

    fn offset_left(self, by: usize) -> Option<Shape> {
        Some(Shape { offset: self.offset + by, ..self.sub_width(by)? })
    }

    fn sub_width(self, by: usize) -> Option<Shape> {
        Some(Shape { width: self.width.checked_sub(by)?, ..self })
    }

    /// What has to stay free behind the expression.
    fn reserved(self) -> usize {
        LINE.saturating_sub(self.used() + self.width)
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn first_line_width(text: &str) -> usize {
    text.lines().next().map_or(0, width)
}

fn last_line_width(text: &str) -> usize {
    text.rsplit('\n').next().map_or(0, width)
}

fn new_line(indent: usize) -> String {
    format!("\n{:indent$}", "")
}

fn fits(text: &str, shape: Shape) -> bool {
    if first_line_width(text) > shape.width {
        return false;
    }
    !text.contains('\n')
        || (text.lines().skip(1).all(|line| width(line) <= LINE)
            && last_line_width(text) <= shape.used() + shape.width)
}

/// `single` refuses chains that break into lines.
fn rewrite(code: &Code, shape: Shape, single: bool) -> Option<String> {
    match code {
        Code::Atom(text) => (width(text) <= shape.width).then(|| text.clone()),
        Code::Call(name, arguments) => List::arguments(name, arguments, shape).rewrite(single),
        Code::Array(items) => List::array(items, shape).rewrite(single),
        Code::Borrow(inner) => Some(format!("&{}", rewrite(inner, shape.offset_left(1)?, single)?)),
        Code::Chain(root, steps) => chain(root, steps, shape, single),
    }
}

fn one_line(code: &Code) -> String {
    let list = |items: &[Code]| items.iter().map(one_line).collect::<Vec<_>>().join(", ");
    match code {
        Code::Atom(text) => text.clone(),
        Code::Call(name, arguments) => format!("{name}({})", list(arguments)),
        Code::Array(items) => format!("[{}]", list(items)),
        Code::Borrow(inner) => format!("&{}", one_line(inner)),
        Code::Chain(root, steps) => {
            let mut out = one_line(root);
            for (name, arguments) in steps {
                out.push_str(&format!(".{name}({})", list(arguments)));
            }
            out
        }
    }
}

type Step = (String, Vec<Code>);

fn step(step: &Step, shape: Shape, single: bool) -> Option<String> {
    List::arguments(&format!(".{}", step.0), &step.1, shape).rewrite(single)
}

/// A chain of method calls: on one line if it is short, else one call per line; or with only the last call broken
/// up, where that is better.
fn chain(root: &Code, steps: &[Step], shape: Shape, single: bool) -> Option<String> {
    let count = steps.len();
    let mut left = steps;
    let mut head = rewrite(root, shape, single)?;
    let mut ends_with_block = head.contains('\n');
    // A short root such as `op` has its first call beside it.
    while width(&head) <= TAB.saturating_sub(shape.offset) && !head.contains('\n') {
        let Some((first, rest)) = left.split_first() else { break };
        head.push_str(&step(first, shape.offset_left(width(&head))?, single)?);
        ends_with_block = is_extendable(&head);
        left = rest;
    }
    let Some((last, middle)) = left.split_last() else {
        return fits(&head, shape).then_some(head);
    };
    let below = shape.block(if ends_with_block { 0 } else { TAB });
    let mut parts = vec![head];
    for call in middle {
        parts.push(step(call, below, single)?);
    }
    let (last, on_one_line) = last_step(last, &parts, count, shape, below, single)?;
    if !on_one_line && single {
        return None;
    }
    parts.push(last);
    let connector = if on_one_line { String::new() } else { new_line(below.indent) };
    let text = parts.join(&connector);
    fits(&text, shape).then_some(text)
}

/// The last call of a chain, and whether the whole chain stands on one line (which the last call may break out of).
fn last_step(
    last: &Step,
    before: &[String],
    count: usize,
    shape: Shape,
    below: Shape,
    single: bool,
) -> Option<(String, bool)> {
    let head = before.first()?;
    let extendable = is_extendable(head);
    let total: usize =
        if extendable { last_line_width(head) } else { before.iter().map(|part| width(part)).sum() };
    let widest = if count == 1 { shape.width } else { shape.width.min(SMALL) };
    let budget = widest.saturating_sub(total);
    let all_single = before.iter().all(|part| !part.contains('\n')) && budget > 0;
    let own_line = below.sub_width(shape.reserved())?;
    if all_single || extendable {
        let beside = if all_single { shape } else { own_line };
        if let Some(here) = beside.offset_left(total).and_then(|shape| step(last, shape, single)) {
            let lines = here.lines().count();
            let first_fits = first_line_width(&here) <= budget;
            if first_fits && lines >= 5 {
                return Some((here, all_single));
            }
            return Some(match step(last, own_line, single) {
                Some(there) if !first_fits => (there, false),
                Some(there) if there.lines().count() < lines => (there, false),
                _ => (here, first_fits && all_single),
            });
        }
    }
    Some((step(last, own_line, single)?, false))
}

/// Whether the text's last line is nothing but closing brackets, so that more may stand behind them.
fn is_extendable(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or(text);
    line.chars().all(|character| matches!(character, '(' | ')' | ']' | '}' | '?' | '>' | ' '))
}

/// Arguments or elements between brackets, behind a name.
struct List<'c> {
    name: &'c str,
    open: char,
    close: char,
    items: &'c [Code],
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
enum Tactic {
    Horizontal,
    Vertical,
    Mixed,
}

impl<'c> List<'c> {
    fn arguments(name: &'c str, items: &'c [Code], shape: Shape) -> Self {
        List { name, open: '(', close: ')', items, shape }
    }

    fn array(items: &'c [Code], shape: Shape) -> Self {
        List { name: "", open: '[', close: ']', items, shape }
    }

    fn rewrite(&self, single: bool) -> Option<String> {
        let name = width(self.name);
        let (open, close) = (self.open, self.close);
        if self.items.is_empty() {
            return (name + 2 <= self.shape.width).then(|| format!("{}{open}{close}", self.name));
        }
        // One column is for the comma behind each item.
        let nested = self.shape.block(TAB).sub_width(1)?;
        let mut items: Vec<Option<String>> =
            self.items.iter().map(|item| rewrite(item, nested, single)).collect();
        let tactic = self.overflow(&mut items, nested, single);
        let items: Vec<String> = items.into_iter().collect::<Option<_>>()?;
        let body = match tactic {
            Tactic::Horizontal => items.join(", "),
            Tactic::Vertical => items.join(&format!(",{}", new_line(nested.indent))) + ",",
            Tactic::Mixed => packed(&items, nested),
        };
        let beside =
            tactic == Tactic::Horizontal && first_line_width(&body) < self.shape.width.saturating_sub(name);
        if beside {
            return Some(format!("{}{open}{body}{close}", self.name));
        }
        let (inner, outer) = (new_line(nested.indent), new_line(self.shape.indent));
        Some(format!("{}{open}{inner}{body}{outer}{close}", self.name))
    }

    /// Chooses the tactic; a last item that can be broken up may begin on the list's own line.
    fn overflow(&self, items: &mut [Option<String>], nested: Shape, single: bool) -> Tactic {
        let room = self.shape.width.saturating_sub(width(self.name) + 2);
        let Some((last_code, last)) = self.items.last().zip(items.len().checked_sub(1)) else {
            return Tactic::Horizontal;
        };
        let alone = last == 0;
        if alone && !matches!(last_code, Code::Atom(_)) {
            let combined = width(self.name) < TAB;
            let unbroken = single || (!combined && matches!(last_code, Code::Chain(..)));
            if let Some(whole) =
                self.beside(last_code, room).and_then(|shape| rewrite(last_code, shape, unbroken))
            {
                let kept = items[last].take();
                items[last] = whole.lines().next().map(str::to_owned);
                if self.tactic(items, room) == Tactic::Horizontal {
                    items[last] = Some(match kept {
                        Some(flat) if whole.matches('\n').count() == 1 && !flat.contains('\n') => flat,
                        _ => whole,
                    });
                    return Tactic::Horizontal;
                }
            }
            items[last] = rewrite(last_code, nested, single);
        }
        if let [Some(only)] = items
            && room != 0
            && !only.contains('\n')
            && width(only) <= room
        {
            return Tactic::Horizontal;
        }
        let tactic = self.tactic(items, room);
        let short = |item: &Option<String>| item.as_deref().is_none_or(|item| width(item) <= SHORT_ELEMENT);
        if tactic == Tactic::Vertical && self.items.iter().all(is_simple) && items.iter().all(short) {
            return Tactic::Mixed;
        }
        tactic
    }

    /// The shape of an only item on the list's own line. A call in a call gets less room.
    fn beside(&self, item: &Code, room: usize) -> Option<Shape> {
        let shape = Shape { width: room, ..self.shape.offset_left(width(self.name) + 1)? };
        Some(if is_nested_call(item) { Shape { width: shape.width.min(SMALL), ..shape } } else { shape })
    }

    fn tactic(&self, items: &[Option<String>], room: usize) -> Tactic {
        let total: usize = items.iter().flatten().map(|item| width(item)).sum();
        let separators = 2 * items.len().saturating_sub(1);
        let flat = items.iter().flatten().all(|item| !item.contains('\n'));
        if flat && total + separators <= room.min(SMALL) { Tactic::Horizontal } else { Tactic::Vertical }
    }
}

fn is_nested_call(code: &Code) -> bool {
    match code {
        Code::Call(..) => true,
        Code::Borrow(inner) => is_nested_call(inner),
        _ => false,
    }
}

fn is_simple(code: &Code) -> bool {
    match code {
        Code::Atom(text) => text.starts_with('"') || !(text.contains("::") || text.starts_with('-')),
        Code::Borrow(inner) => is_simple(inner),
        _ => false,
    }
}

/// Short items packed into lines.
fn packed(items: &[String], shape: Shape) -> String {
    let mut out = String::new();
    let mut column = 0;
    for (index, item) in items.iter().enumerate() {
        // The comma behind the last one may stand over the edge.
        let wanted = width(item) + usize::from(index + 1 < items.len());
        if column > 0 && column + 1 + wanted > shape.width {
            out.push_str(&new_line(shape.indent));
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(item);
        out.push(',');
        column += wanted;
    }
    out
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;

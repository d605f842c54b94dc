//! Any statement out of a list of bytes: each byte is one choice. Every construct of the tree and every option of a
//! statement has a place in here, and a new one that has none does not compile.

use std::collections::BTreeSet;
use std::sync::Arc;

use aludel_sql::ast::*;
use aludel_sql::compiler::{CompileError, Compiler};
use aludel_sql::types::{Type, string};
use aludel_sql::{Name, Value};

/// A user's own construct.
#[derive(Debug)]
struct Own(Name, Vec<Expr>);

impl Construct for Own {
    fn key(&self) -> String {
        format!("own {}", self.0)
    }

    fn parts(&self) -> Vec<&Expr> {
        self.1.iter().collect()
    }

    fn compile(&self, compiler: &mut Compiler<'_>) -> Result<(), CompileError> {
        compiler.push(&self.0);
        compiler.push("(");
        compiler.exprs(&self.1)?;
        compiler.push(")");
        Ok(())
    }
}

/// Builds a statement from choices; where they run out, everything else is as small as can be.
pub(crate) struct Grow<'c> {
    choices: &'c [u8],
    next: usize,
    depth: usize,
    /// The next number of something that has one.
    id: u32,
    /// The next bound value.
    value: i64,
    /// Whether values are written into the text, where other values would be another text.
    written: bool,
    /// What can be read by columns.
    sources: Vec<Arc<Derived>>,
    /// The kinds of expressions that were built.
    pub(crate) kinds: BTreeSet<&'static str>,
}

impl<'c> Grow<'c> {
    /// `id` and `value` are where numbers of sources and bound values begin.
    pub(crate) fn new(choices: &'c [u8], id: u32, value: i64) -> Self {
        Grow {
            choices,
            next: 0,
            depth: 0,
            id,
            value,
            written: false,
            sources: Vec::new(),
            kinds: BTreeSet::new(),
        }
    }

    fn pick(&mut self, of: u8) -> u8 {
        let choice = self.choices.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        choice % of
    }

    fn flag(&mut self) -> bool {
        self.pick(2) == 1
    }

    fn number(&mut self) -> u32 {
        self.id += 1;
        self.id
    }

    fn name(&mut self) -> Name {
        ["a", "b", "ab", "A b"][usize::from(self.pick(4))].into()
    }

    fn maybe<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| build(self))
    }

    fn some<T>(&mut self, mut build: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = if self.depth > 4 { 0 } else { self.pick(3) };
        (0..count).map(|_| build(self)).collect()
    }

    fn ty(&mut self) -> Type {
        match self.pick(5) {
            0 => Type::Integer,
            1 => string(1),
            2 => string(2),
            3 => Type::Boolean,
            _ => Type::Json,
        }
    }

    /// A value that is bound: its number only, so that it can be another one in the same place.
    fn bound(&mut self) -> Value {
        if self.written {
            return Value::I64(i64::from(self.pick(2)));
        }
        self.value += 1;
        Value::I64(self.value)
    }

    fn literal(&mut self) -> Value {
        match self.pick(5) {
            0 => Value::I64(1),
            1 => Value::Text("1".into()),
            2 => Value::Bool(true),
            3 => Value::Null,
            _ => Value::Bytes(vec![1]),
        }
    }

    fn label(&mut self) -> Label {
        if self.flag() {
            return Label::Named(self.name());
        }
        let stem = self.name();
        Label::Anonymous { id: self.number(), stem }
    }

    fn table(&mut self) -> TableRef {
        let schema = self.maybe(Self::name);
        let alias = match self.pick(3) {
            0 => Alias::None,
            1 => Alias::Named(self.name()),
            _ => Alias::Anonymous(self.number()),
        };
        TableRef { schema, name: self.name(), alias }
    }

    fn source(&mut self) -> Source {
        if self.flag() {
            return Source::Derived(self.derived());
        }
        Source::Table(self.table())
    }

    /// Something that the statement defines: a new one, or one that is there.
    fn derived(&mut self) -> Arc<Derived> {
        let known = self.pick(4);
        if known > 0
            && let Some(derived) = self.sources.get(usize::from(known) % self.sources.len().max(1))
        {
            return Arc::clone(derived);
        }
        self.depth += 1;
        let name = if self.pick(4) == 1 { None } else { Some(self.label()) };
        let kind = match self.pick(if self.depth > 3 { 1 } else { 7 }) {
            1 => DerivedKind::Subquery(self.query()),
            2 => DerivedKind::Cte(Box::new(self.cte())),
            3 => DerivedKind::Alias(self.source()),
            4 => DerivedKind::Values(Box::new(self.values())),
            5 => DerivedKind::Function(Box::new(TableFunction {
                call: self.expr(),
                columns: self.some(|grow| (grow.name(), grow.maybe(Self::ty))),
                derived: self.flag(),
                with_types: self.flag(),
                ordinality: self.flag(),
                joins_implicitly: self.flag(),
            })),
            6 => DerivedKind::Sample(Box::new(TableSample {
                of: self.source(),
                method: self.expr(),
                seed: self.maybe(Self::expr),
            })),
            _ => DerivedKind::Alias(Source::Table(self.table())),
        };
        self.depth -= 1;
        let derived = Arc::new(Derived { id: self.number(), name, kind, lateral: self.flag() });
        self.sources.push(Arc::clone(&derived));
        derived
    }

    fn cte(&mut self) -> Cte {
        Cte {
            query: self.query(),
            columns: self.some(Self::name),
            recursive: self.flag(),
            nesting: self.flag(),
            restates: None,
            materialized: self.maybe(Self::flag),
            prefixes: self.some(Self::fragment),
            suffixes: self.some(Self::fragment),
        }
    }

    fn with_cte(&mut self) -> WithCte {
        let name = Some(self.label());
        let cte = self.cte();
        let cte = Derived { id: self.number(), name, kind: DerivedKind::Cte(Box::new(cte)), lateral: false };
        WithCte { cte: Arc::new(cte), nest_here: self.flag() }
    }

    fn values(&mut self) -> Values {
        let columns = vec![(self.name(), self.maybe(Self::ty))];
        let literal = self.flag();
        let before = self.written;
        self.written |= literal;
        let rows = self.some(|grow| vec![grow.expr()]);
        self.written = before;
        Values { columns, rows, literal, ctes: self.some(Self::with_cte) }
    }

    fn fragment(&mut self) -> Fragment {
        Fragment { text: self.expr(), dialect: self.dialect() }
    }

    fn dialect(&mut self) -> Option<Name> {
        [None, Some("sqlite".into()), Some("postgres".into())][usize::from(self.pick(3))].clone()
    }

    fn order(&mut self) -> OrderBy {
        let direction = [Direction::Unstated, Direction::Ascending, Direction::Descending];
        OrderBy {
            expr: self.expr(),
            direction: direction[usize::from(self.pick(3))],
            nulls_first: self.maybe(Self::flag),
        }
    }

    fn fetch(&mut self) -> Fetch {
        Fetch { count: self.expr(), with_ties: self.flag(), percent: self.flag() }
    }

    fn lock(&mut self) -> Lock {
        use LockStrength::*;
        Lock {
            strength: [Update, NoKeyUpdate, Share, KeyShare][usize::from(self.pick(4))],
            of: self.some(Self::locked),
            wait: [None, Some(LockWait::NoWait), Some(LockWait::SkipLocked)][usize::from(self.pick(3))],
        }
    }

    fn locked(&mut self) -> Locked {
        if self.flag() { Locked::Source(self.source()) } else { Locked::Expr(self.expr()) }
    }

    fn window(&mut self) -> Window {
        Window {
            base: self.maybe(Self::name),
            partition_by: self.some(Self::expr),
            order_by: self.some(Self::order),
            frame: self.maybe(|grow| Frame {
                unit: [FrameUnit::Range, FrameUnit::Rows, FrameUnit::Groups][usize::from(grow.pick(3))],
                start: grow.bound_of_frame(),
                end: grow.bound_of_frame(),
                exclude: grow.maybe(|grow| {
                    use FrameExclusion::*;
                    [CurrentRow, Group, Ties, NoOthers][usize::from(grow.pick(4))]
                }),
            }),
        }
    }

    fn bound_of_frame(&mut self) -> FrameBound {
        match self.pick(4) {
            0 => FrameBound::Unbounded,
            1 => FrameBound::CurrentRow,
            2 => FrameBound::Preceding(self.expr()),
            _ => FrameBound::Following(self.expr()),
        }
    }

    fn exprs(&mut self) -> Vec<Expr> {
        self.some(Self::expr)
    }

    fn boxed(&mut self) -> Box<Expr> {
        Box::new(self.expr())
    }

    /// An expression.
    pub(crate) fn expr(&mut self) -> Expr {
        self.depth += 1;
        let expr = if self.depth > 5 { self.leaf() } else { self.any() };
        self.depth -= 1;
        self.kinds.insert(kind(&expr));
        expr
    }

    fn leaf(&mut self) -> Expr {
        match self.pick(2) {
            0 => Expr::Column(ColumnRef { source: None, name: self.name() }),
            _ => Expr::Bind(self.bound()),
        }
    }

    fn operator(&mut self) -> BinaryOperator {
        use BinaryOperator::*;
        let all = [
            Equal,
            NotEqual,
            Less,
            LessOrEqual,
            Greater,
            GreaterOrEqual,
            Is,
            IsNot,
            IsNotDistinctFrom,
            IsDistinctFrom,
            Add,
            Subtract,
            Multiply,
            Divide,
            TrueDivide,
            FloorDivide,
            FloorDivideReal,
            IntegerDivide,
            Modulo,
            Concat,
            BitAnd,
            BitOr,
            BitXor,
            ShiftLeft,
            ShiftRight,
        ];
        all[usize::from(self.pick(all.len() as u8))]
    }

    fn custom(&mut self) -> CustomOperator {
        CustomOperator {
            text: self.name(),
            precedence: i16::from(self.pick(16)),
            comparison: self.flag(),
            eager_grouping: self.flag(),
            associative: self.flag(),
            key: self.maybe(Self::name),
        }
    }

    fn any(&mut self) -> Expr {
        match self.pick(52) {
            0 | 1 => self.leaf(),
            2 => Expr::Column(ColumnRef { source: self.maybe(Self::source), name: self.name() }),
            3 => {
                let derived = self.derived();
                Expr::Position(derived, usize::from(self.pick(2)))
            }
            4 => Expr::Param(Box::new(Param {
                name: self.label(),
                value: Some(self.bound()),
                ty: self.maybe(Self::ty),
                literal: false,
            })),
            5 => Expr::Param(Box::new(Param {
                name: self.label(),
                value: Some(self.literal()),
                ty: self.maybe(Self::ty),
                literal: true,
            })),
            6 => Expr::Parameter(usize::from(self.pick(2))),
            7 => Expr::Literal(self.literal()),
            8 => Expr::Text(self.name()),
            9 => Expr::Template(Box::new(Template {
                parts: self.some(|grow| match grow.flag() {
                    true => TemplatePart::Expr(grow.expr()),
                    false => TemplatePart::Sql(grow.name()),
                }),
            })),
            10 => Expr::LiteralColumn(self.name()),
            11 => Expr::Star,
            12 => Expr::Now,
            13 => Expr::Excluded(self.name()),
            14 => Expr::Assigned(self.name()),
            15 => {
                use UnaryOperator::*;
                let all = [Not, Negate, BitNot, Distinct, AnyOf, AllOf];
                Expr::Unary(all[usize::from(self.pick(6))], self.boxed())
            }
            16..=18 => Expr::Binary(self.operator(), self.boxed(), self.boxed()),
            19 => Expr::Operation(Box::new(CustomOperation {
                operator: self.custom(),
                left: self.maybe(Self::expr),
                right: self.maybe(Self::expr),
            })),
            20 => Expr::All(self.exprs()),
            21 => Expr::Any(self.exprs()),
            22 | 23 => {
                let operand = self.boxed();
                let list = match self.pick(3) {
                    0 => InList::Values(self.exprs()),
                    1 => InList::Select(self.query()),
                    _ => InList::Expr(self.boxed()),
                };
                Expr::In { operand, list, negated: self.flag() }
            }
            24 => Expr::Between {
                operand: self.boxed(),
                low: self.boxed(),
                high: self.boxed(),
                symmetric: self.flag(),
                negated: self.flag(),
            },
            25 => Expr::Like {
                operand: self.boxed(),
                pattern: self.boxed(),
                affix: [Affix::None, Affix::Contains, Affix::StartsWith, Affix::EndsWith]
                    [usize::from(self.pick(4))],
                escape: [Escape::Unstated, Escape::Nothing, Escape::Character('\0'), Escape::Character('/')]
                    [usize::from(self.pick(4))],
                insensitive: self.flag(),
                negated: self.flag(),
            },
            26 => Expr::IsNull { operand: self.boxed(), negated: self.flag() },
            27 => Expr::Truth { operand: self.boxed(), negated: self.flag() },
            28 => Expr::Regexp(Box::new(Regexp {
                operand: self.expr(),
                pattern: self.expr(),
                replacement: self.maybe(Self::expr),
                flags: self.maybe(Self::name),
                negated: self.flag(),
            })),
            29 => Expr::Match(Box::new(Match {
                columns: vec![self.expr()],
                against: self.expr(),
                boolean_mode: self.flag(),
                natural_language: self.flag(),
                query_expansion: self.flag(),
                configuration: self.maybe(Self::name),
                negated: self.flag(),
            })),
            30 => Expr::Collate {
                operand: self.boxed(),
                collation: self.name(),
                schema: self.maybe(Self::name),
            },
            31 => Expr::Extract(self.name(), self.boxed()),
            32 | 33 => Expr::Function(self.function()),
            34 | 35 => Expr::Aggregate(Box::new(Aggregate {
                call: Expr::Function(self.function()),
                order_by: self.some(Self::order),
                within_group: self.some(Self::order),
                filter: self.exprs(),
                over: self.maybe(|grow| match grow.flag() {
                    true => Over::Window(grow.window()),
                    false => Over::Named(grow.name()),
                }),
            })),
            36 => Expr::FunctionColumn(self.boxed(), self.name()),
            37 => Expr::Row(self.source()),
            38 => Expr::Case(Box::new(Case {
                operand: self.maybe(Self::expr),
                whens: vec![(self.expr(), self.expr())],
                otherwise: self.maybe(Self::expr),
            })),
            39 => Expr::Cast(self.boxed(), self.ty()),
            40 => Expr::TryCast(self.boxed(), self.ty()),
            41 => Expr::Typed(self.boxed(), self.ty()),
            42 => {
                let operand = self.boxed();
                let subscript = match self.flag() {
                    false => Subscript::Element(self.expr()),
                    true => Subscript::Slice(Slice {
                        start: self.maybe(Self::expr),
                        stop: self.maybe(Self::expr),
                        step: self.maybe(Self::expr),
                    }),
                };
                Expr::Subscript(operand, Box::new(subscript))
            }
            43 => Expr::Json(Box::new(JsonAccess {
                operand: self.expr(),
                key: self.expr(),
                path: self.flag(),
                integer_key: self.flag(),
                binary: self.flag(),
                result: self.maybe(Self::ty),
            })),
            44 => Expr::Array(self.exprs(), self.maybe(Self::ty)),
            45 => Expr::Select(self.query()),
            46 => Expr::Exists { select: self.query(), negated: self.flag() },
            47 => Expr::Tuple(self.exprs()),
            48 => {
                let separator = if self.flag() { Separator::Space } else { Separator::Comma };
                Expr::List(self.exprs(), separator)
            }
            49 => Expr::Ordered(Box::new(self.order())),
            50 => match self.pick(5) {
                0 => Expr::Group(self.boxed()),
                1 => Expr::NextValue { schema: self.maybe(Self::name), name: self.name() },
                2 => Expr::Custom(CustomExpr::new(Own(self.name(), self.exprs()))),
                3 => Expr::Named(self.name()),
                _ => Expr::Invalid(self.name().into_owned()),
            },
            _ => {
                let name = self.label();
                let expr = self.expr();
                Expr::Labelled(Arc::new(Labelled { id: self.number(), name, expr }))
            }
        }
    }

    fn function(&mut self) -> Function {
        let known = ["aggregate_strings", "now", "current_date", "random", "char_length"];
        let name = match self.pick(8) {
            choice if usize::from(choice) < known.len() => known[usize::from(choice)].into(),
            _ => self.name(),
        };
        let generic = self.flag();
        // What stands between two texts is written into the text.
        let arguments = if generic && name == "aggregate_strings" {
            let text = self.expr();
            let before = std::mem::replace(&mut self.written, true);
            let separator = self.expr();
            self.written = before;
            vec![text, separator]
        } else {
            self.exprs()
        };
        Function {
            name,
            arguments,
            distinct: self.flag(),
            package: self.some(Self::name),
            generic,
            ty: self.maybe(Self::ty),
        }
    }

    fn item(&mut self) -> SelectItem {
        match self.pick(5) {
            0 => SelectItem::All(self.derived()),
            1 => SelectItem::OwnedColumns(self.source(), self.some(Self::name)),
            _ => SelectItem::Expr(self.expr(), self.maybe(Self::name)),
        }
    }

    fn from(&mut self) -> FromItem {
        match self.pick(if self.depth > 3 { 1 } else { 5 }) {
            1 | 2 => FromItem::Derived(self.derived()),
            3 => {
                self.depth += 1;
                let join = JoinedFrom {
                    left: self.from(),
                    kind: self.join_kind(),
                    right: self.from(),
                    on: self.maybe(Self::expr),
                };
                self.depth -= 1;
                FromItem::Join(Arc::new(join))
            }
            4 => FromItem::Text(self.name()),
            _ => FromItem::Table(self.table()),
        }
    }

    fn join_kind(&mut self) -> JoinKind {
        use JoinKind::*;
        [Inner, Left, Cross, Full, Right][usize::from(self.pick(5))]
    }

    fn query(&mut self) -> Query {
        self.depth += 1;
        let query = match self.pick(if self.depth > 4 { 1 } else { 8 }) {
            1 => Query::Compound(Box::new(self.compound())),
            2 => Query::Values(Box::new(self.values())),
            3 => Query::Text(Box::new(TextQuery {
                text: Template { parts: vec![TemplatePart::Sql(self.name())] },
                columns: self.some(Self::name),
                ctes: self.some(Self::with_cte),
            })),
            4 => Query::Insert(Box::new(self.insert())),
            5 => Query::Update(Box::new(self.update())),
            6 => Query::Delete(Box::new(self.delete())),
            _ => Query::Select(Box::new(self.select())),
        };
        self.depth -= 1;
        query
    }

    fn compound(&mut self) -> Compound {
        use SetOperator::*;
        Compound {
            operator: [Union, UnionAll, Intersect, IntersectAll, Except, ExceptAll]
                [usize::from(self.pick(6))],
            members: vec![Query::Select(Box::new(self.select())), self.query()],
            group_by: self.exprs(),
            order_by: self.some(Self::order),
            limit: self.maybe(Self::expr),
            offset: self.maybe(Self::expr),
            fetch: self.maybe(Self::fetch),
            lock: self.maybe(Self::lock),
            ctes: self.some(Self::with_cte),
        }
    }

    fn select(&mut self) -> Select {
        let mut from: Vec<FromItem> = vec![self.from()];
        from.extend(self.some(Self::from));
        Select {
            distinct: self.flag(),
            items: self.some(Self::item),
            from,
            joins: self.some(|grow| Join {
                kind: grow.join_kind(),
                target: grow.from(),
                on: grow.maybe(Self::expr),
                left: grow.maybe(Self::from),
            }),
            filter: self.exprs(),
            group_by: self.exprs(),
            having: self.exprs(),
            order_by: self.some(Self::order),
            limit: self.maybe(Self::expr),
            offset: self.maybe(Self::expr),
            options: self.maybe(|grow| Box::new(grow.select_options())),
        }
    }

    fn select_options(&mut self) -> SelectOptions {
        SelectOptions {
            implicit_from: self.pick(4) != 1,
            distinct_on: self.exprs(),
            fetch: self.maybe(Self::fetch),
            lock: self.maybe(Self::lock),
            correlation: match self.pick(3) {
                0 => Correlation::Auto,
                1 => Correlation::Only(self.some(Self::source)),
                _ => Correlation::Except(self.some(Self::source)),
            },
            label_style: [LabelStyle::Disambiguate, LabelStyle::TableName, LabelStyle::None]
                [usize::from(self.pick(3))],
            ctes: self.some(Self::with_cte),
            prefixes: self.some(Self::fragment),
            suffixes: self.some(Self::fragment),
            hints: self.some(|grow| Hint { of: grow.source(), text: grow.name(), dialect: grow.dialect() }),
            statement_hints: self.some(|grow| (grow.dialect(), grow.name())),
            windows: self.some(|grow| (grow.name(), grow.window())),
            before_columns: self.maybe(Self::expr),
            after_columns: self.maybe(Self::expr),
            after_filter: self.maybe(Self::expr),
            after_body: self.maybe(Self::expr),
        }
    }

    fn write_options(&mut self) -> WriteOptions {
        WriteOptions {
            from: self.some(Self::from),
            implicit_from: self.flag(),
            set_elsewhere: self.some(|grow| (Expr::column(grow.source(), grow.name()), grow.expr())),
            ctes: self.some(Self::with_cte),
            prefixes: self.some(Self::fragment),
            hints: self.some(|grow| (grow.dialect(), grow.name())),
            order_by: self.some(Self::order),
            limit: self.maybe(Self::expr),
            after_values: self.maybe(Self::expr),
            after_filter: self.maybe(Self::expr),
            alias: self.maybe(Self::label),
        }
    }

    fn insert(&mut self) -> Insert {
        let columns = vec![self.name()];
        Insert {
            table: self.table(),
            columns,
            source: match self.pick(4) {
                0 => InsertSource::Values(vec![vec![self.expr()]]),
                1 => InsertSource::Defaults,
                2 => InsertSource::Placeholders,
                _ => InsertSource::Select(self.query()),
            },
            on_conflict: self.maybe(Self::conflict),
            returning: self.some(Self::item),
            options: self.maybe(|grow| Box::new(grow.write_options())),
        }
    }

    fn conflict(&mut self) -> OnConflict {
        OnConflict {
            target: match self.pick(3) {
                0 => ConflictTarget::Any,
                1 => ConflictTarget::Columns { elements: vec![self.expr()], filter: self.exprs() },
                _ => ConflictTarget::Constraint(self.name()),
            },
            action: match self.flag() {
                false => ConflictAction::DoNothing,
                true => {
                    ConflictAction::DoUpdate { set: vec![(self.name(), self.expr())], filter: self.exprs() }
                }
            },
            new_row: self.maybe(Self::name),
        }
    }

    fn update(&mut self) -> Update {
        Update {
            table: self.table(),
            set: vec![(self.name(), self.expr())],
            filter: self.exprs(),
            returning: self.some(Self::item),
            options: self.maybe(|grow| Box::new(grow.write_options())),
        }
    }

    fn delete(&mut self) -> Delete {
        Delete {
            table: self.table(),
            filter: self.exprs(),
            returning: self.some(Self::item),
            options: self.maybe(|grow| Box::new(grow.write_options())),
        }
    }

    /// A statement around one expression: small, so that the expression matters.
    pub(crate) fn around_one(&mut self) -> Statement {
        let items = vec![SelectItem::Expr(self.expr(), None)];
        let options = SelectOptions { implicit_from: true, ..SelectOptions::default() };
        Statement::Select(Select { items, options: Some(Box::new(options)), ..Select::default() })
    }

    /// Any statement.
    pub(crate) fn statement(&mut self) -> Statement {
        match self.pick(7) {
            0 | 1 => Statement::Select(self.select()),
            2 => Statement::Query(self.query()),
            3 => Statement::Insert(self.insert()),
            4 => Statement::Update(self.update()),
            5 => Statement::Delete(self.delete()),
            _ => self.around_one(),
        }
    }
}

/// The names of all kinds of expressions.
pub(crate) const KINDS: usize = 49;

/// A new kind of expression has to get a name here, and a place in [`Grow`].
fn kind(expr: &Expr) -> &'static str {
    match expr {
        Expr::Column(_) => "column",
        Expr::Position(..) => "position",
        Expr::Bind(_) => "bind",
        Expr::Param(_) => "param",
        Expr::Parameter(_) => "parameter",
        Expr::Literal(_) => "literal",
        Expr::Text(_) => "text",
        Expr::Template(_) => "template",
        Expr::LiteralColumn(_) => "literal column",
        Expr::Star => "star",
        Expr::Now => "now",
        Expr::Excluded(_) => "excluded",
        Expr::Assigned(_) => "assigned",
        Expr::Unary(..) => "unary",
        Expr::Binary(..) => "binary",
        Expr::Operation(_) => "operation",
        Expr::All(_) => "all",
        Expr::Any(_) => "any",
        Expr::In { .. } => "in",
        Expr::Between { .. } => "between",
        Expr::Like { .. } => "like",
        Expr::IsNull { .. } => "is null",
        Expr::Truth { .. } => "truth",
        Expr::Regexp(_) => "regexp",
        Expr::Match(_) => "match",
        Expr::Collate { .. } => "collate",
        Expr::Extract(..) => "extract",
        Expr::Function(_) => "function",
        Expr::Aggregate(_) => "aggregate",
        Expr::FunctionColumn(..) => "function column",
        Expr::Row(_) => "row",
        Expr::Case(_) => "case",
        Expr::Cast(..) => "cast",
        Expr::TryCast(..) => "try cast",
        Expr::Typed(..) => "typed",
        Expr::Subscript(..) => "subscript",
        Expr::Json(_) => "json",
        Expr::Array(..) => "array",
        Expr::Select(_) => "select",
        Expr::Exists { .. } => "exists",
        Expr::Tuple(_) => "tuple",
        Expr::List(..) => "list",
        Expr::Ordered(_) => "ordered",
        Expr::Labelled(_) => "labelled",
        Expr::Group(_) => "group",
        Expr::NextValue { .. } => "next value",
        Expr::Custom(_) => "custom",
        Expr::Named(_) => "named",
        Expr::Invalid(_) => "invalid",
    }
}

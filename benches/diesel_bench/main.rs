//! The scenarios of Diesel's own benchmark (the folder `diesel_bench` of its repository), written for Aludel with the same
//! names, sizes and ways to measure, so that criterion's figures can be set beside the published ones.
//!
//! `cargo bench --no-default-features --features FEATURES`, with `DATABASE_URL` as the database; without one it is SQLite in
//! memory, as there. The tables `users`, `posts` and `comments` are made anew.

mod aludel_benches;
#[cfg(feature = "peers")]
mod diesel_benches;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const TRIVIAL_QUERY_SIZE: &[usize] = &[1, 10, 100, 1_000, 10_000];
const MEDIUM_COMPLEX_SIZE: &[usize] = &[1, 10, 100, 1_000, 10_000];
const INSERT_SIZE: &[usize] = &[1, 10, 25, 50, 100];

/// Where the tables are.
fn database_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".to_owned())
}

fn trivial_query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bench_trivial_query");
    for size in TRIVIAL_QUERY_SIZE {
        group.bench_with_input(BenchmarkId::new("aludel", size), size, |bencher, size| {
            aludel_benches::trivial_query(bencher, *size);
        });
        group.bench_with_input(BenchmarkId::new("aludel_session", size), size, |bencher, size| {
            aludel_benches::trivial_query_session(bencher, *size);
        });
        #[cfg(feature = "peers")]
        group.bench_with_input(BenchmarkId::new("diesel", size), size, |bencher, size| {
            diesel_benches::trivial_query(bencher, *size);
        });
    }
    group.finish();
}

fn medium_complex_query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bench_medium_complex_query");
    for size in MEDIUM_COMPLEX_SIZE {
        group.bench_with_input(BenchmarkId::new("aludel", size), size, |bencher, size| {
            aludel_benches::medium_complex_query(bencher, *size);
        });
        #[cfg(feature = "peers")]
        group.bench_with_input(BenchmarkId::new("diesel", size), size, |bencher, size| {
            diesel_benches::medium_complex_query(bencher, *size);
        });
    }
    group.finish();
}

fn associations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bench_loading_associations_sequentially");
    group.bench_function("aludel/bench_loading_associations_sequentially", |bencher| {
        aludel_benches::loading_associations_sequentially(bencher);
    });
    group.bench_function("aludel_session/bench_loading_associations_sequentially", |bencher| {
        aludel_benches::loading_associations_sequentially_session(bencher);
    });
    #[cfg(feature = "peers")]
    group.bench_function("diesel/bench_loading_associations_sequentially", |bencher| {
        diesel_benches::loading_associations_sequentially(bencher);
    });
    group.finish();
}

fn insert(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bench_insert");
    for size in INSERT_SIZE {
        group.bench_with_input(BenchmarkId::new("aludel", size), size, |bencher, size| {
            aludel_benches::insert(bencher, *size);
        });
        #[cfg(feature = "peers")]
        group.bench_with_input(BenchmarkId::new("diesel", size), size, |bencher, size| {
            diesel_benches::insert(bencher, *size);
        });
    }
    group.finish();
}

criterion_group!(benches, trivial_query, medium_complex_query, associations, insert);
criterion_main!(benches);

//! The program: everything is in the library.

/// Pages are made of many small values: the allocator of the system takes a sixth more time for them, and that of musl
/// far more. Of its two lines the older gives memory back sooner, so that less is held at a time. `benches/` measures it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    opslore::run()
}

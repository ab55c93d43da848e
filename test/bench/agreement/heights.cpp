// Agreement in the simulator: heights decided per second of processor time, n members, without elliptic curves (a keyed
// hash stands in for signatures) and with them. Compared: one height's cost as n grows; messages are counted beside it.
#include <benchmark/benchmark.h>

#include "simulator/agreement/world.cpp"  // the simulator is not a library of its own

namespace sluice::agreement::sim {

void heights(benchmark::State& state) {
    const auto n = static_cast<uint32_t>(state.range(0));
    const uint32_t k = 2 * n / 3 + 1;
    uint64_t decided = 0;
    uint64_t messages = 0;
    for (auto _ : state) {
        World world(1, n, k);
        world.start();
        world.run_until(600'000, [&] { return world.reached(20); });
        decided += world.lowest_height();
        messages += world.delivered;
    }
    state.counters["heights/s"] = benchmark::Counter(static_cast<double>(decided), benchmark::Counter::kIsRate);
    state.counters["frames/height"] =
        static_cast<double>(messages) / static_cast<double>(std::max<uint64_t>(1, decided));
}
BENCHMARK(heights)->Arg(4)->Arg(7)->Arg(15)->Unit(benchmark::kMillisecond);

}  // namespace sluice::agreement::sim

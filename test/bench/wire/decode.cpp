// What a peer makes us do first: find the message, check its sum, decode it. Names say what is decoded; bytes per
// second compare with the plain double SHA-256 of the same bytes, which every implementation must pay for a frame's
// checksum.
#include <benchmark/benchmark.h>

#include "crypto/hash.h"
#include "p2p/wire/frame.h"
#include "support/wire_samples.h"

namespace {

using namespace sluice;
using namespace sluice::wire;

constexpr Magic kMagic = {1, 2, 3, 4};

const Bytes& headers_frame() {
    static const Bytes bytes = [] {
        test::Samples samples(1);
        Headers message;
        for (size_t i = 0; i < kMaxHeaders; ++i) message.headers.push_back(samples.header());
        return frame(kMagic, Headers::kCommand, encode_message(message));
    }();
    return bytes;
}

const Bytes& block_frame() {
    static const Bytes bytes = [] {
        test::Samples samples(2);
        return frame(kMagic, BlockMessage::kCommand, encode_message(BlockMessage{samples.block(4000)}));
    }();
    return bytes;
}

void decode_frame(benchmark::State& state, const Bytes& bytes) {
    for (auto _ : state) {
        FrameParser parser(kMagic);
        const auto frames = parser.push(bytes);
        auto message = decode_message(frames->at(0).command, frames->at(0).payload);
        benchmark::DoNotOptimize(message);
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}

void checksum_only(benchmark::State& state, const Bytes& bytes) {
    for (auto _ : state) benchmark::DoNotOptimize(sha256d(bytes));
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}

void headers_2000_frame_to_headers(benchmark::State& state) { decode_frame(state, headers_frame()); }
void headers_2000_checksum_only(benchmark::State& state) { checksum_only(state, headers_frame()); }
void headers_2000_with_hashes(benchmark::State& state) {
    const auto frames = FrameParser(kMagic).push(headers_frame());
    for (auto _ : state) {
        const auto message = decode_message(frames->at(0).command, frames->at(0).payload);
        for (const BlockHeader& header : std::get<Headers>(*message).headers)
            benchmark::DoNotOptimize(compute_hash(header));
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kMaxHeaders));
}
void block_4000_tx_frame_to_block_with_ids(benchmark::State& state) { decode_frame(state, block_frame()); }
void block_4000_tx_checksum_only(benchmark::State& state) { checksum_only(state, block_frame()); }

BENCHMARK(headers_2000_frame_to_headers);
BENCHMARK(headers_2000_checksum_only);
BENCHMARK(headers_2000_with_hashes);
BENCHMARK(block_4000_tx_frame_to_block_with_ids);
BENCHMARK(block_4000_tx_checksum_only);

}  // namespace

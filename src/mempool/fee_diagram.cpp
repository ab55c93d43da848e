#include "mempool/fee_diagram.h"

#include <algorithm>
#include <set>

namespace sluice::mempool {
namespace {

using Wide = __int128;

bool better(const FeeChunk& a, const FeeChunk& b) { return Wide{a.fees} * b.vsize > Wide{b.fees} * a.vsize; }

struct Fraction {
    Wide fees;
    Wide parts;
};
// Earned by the first `vsize` bytes.
Fraction earned(const std::vector<FeeChunk>& chunks, int64_t vsize) {
    FeeChunk before;
    for (const FeeChunk& chunk : chunks) {
        const int64_t into = vsize - before.vsize;
        if (into < chunk.vsize) return {Wide{before.fees} * chunk.vsize + Wide{chunk.fees} * into, chunk.vsize};
        before.fees += chunk.fees;
        before.vsize += chunk.vsize;
    }
    return {before.fees, 1};
}

}  // namespace

bool improves(std::vector<FeeChunk> after, std::vector<FeeChunk> before) {
    std::set<int64_t> corners;  // between them both are straight lines
    for (std::vector<FeeChunk>* each : {&after, &before}) {
        std::ranges::sort(*each, better);
        int64_t vsize = 0;
        for (const FeeChunk& chunk : *each) corners.insert(vsize += chunk.vsize);
    }
    bool more = false;
    for (const int64_t at : corners) {
        const Fraction now = earned(after, at);
        const Fraction then = earned(before, at);
        const Wide difference = now.fees * then.parts - then.fees * now.parts;
        if (difference < 0) return false;
        more = more || difference > 0;
    }
    return more;
}

}  // namespace sluice::mempool

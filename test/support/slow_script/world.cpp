// Transactions drawn from octets.
#include "support/slow_script/world.h"

#include "support/slow_script/curve.h"

namespace sluice::slow {

uint8_t Draw::byte() { return at_ < stream_.size() ? stream_[at_++] : uint8_t{0}; }
uint32_t Draw::u32() {
    uint32_t out = 0;
    for (int i = 0; i < 4; ++i) out = out << 8 | byte();
    return out;
}
Octets Draw::bytes(size_t count) {
    Octets out(count);
    // Long ones repeat a few octets: a stream is for decisions.
    const Octets seed{byte(), byte(), byte(), byte()};
    for (size_t i = 0; i < count; ++i) out[i] = i < 4 ? seed[i] : static_cast<uint8_t>(seed[i % 4] + i / 4);
    return out;
}

Spending SpendCase::spending() const { return {tx, spent, index, genesis.bytes, flags}; }

namespace {

template <class Fixed>
Fixed fixed(Draw& draw) {
    return Fixed::from_view(draw.bytes(Fixed::kSize));
}
template <class Commitment>
Commitment commitment(Draw& draw, std::initializer_list<uint8_t> prefixes) {
    auto out = fixed<Commitment>(draw);
    out.bytes[0] = draw.of(prefixes);
    return out;
}
Amount amount(Draw& draw) { return Amount{draw.of<int64_t>({0, 1, 1000, 255, 100'000'000, 2'100'000'000'000'000})}; }

ConfidentialValue value_or_null(Draw& draw) {
    switch (draw.below(3)) {
        case 0: return {};
        case 1: return amount(draw);
        default: return commitment<ValueCommitment>(draw, {8, 9});
    }
}

uint32_t sequence(Draw& draw) {
    return draw.of<uint32_t>({0xffffffff, 0xfffffffe, 0, 5, 0xffff, 0x400005, 0x80000005, draw.u32()});
}

TxIn input(Draw& draw) {
    TxIn in;
    in.prevout.txid = fixed<Txid>(draw);
    in.prevout.index = draw.of<uint32_t>({0, 1, 7, kOutPointIndexMask});
    in.sequence = sequence(draw);
    if (draw.once_in(3)) {
        in.issuance.amount = value_or_null(draw);
        in.issuance.inflation_keys = value_or_null(draw);
        if (!in.issuance.is_null()) {
            in.issuance.entropy = fixed<AssetEntropy>(draw);
            if (draw.once_in(2)) in.issuance.blinding_nonce.bytes[31] = 1;
            if (draw.once_in(2)) in.witness.issuance_amount_rangeproof = draw.bytes(draw.below(80));
            if (draw.once_in(2)) in.witness.inflation_keys_rangeproof = draw.bytes(draw.below(80));
        }
    }
    in.is_pegin = draw.once_in(6);
    // Of the form of a claim: value, asset, parent genesis, claim script, transaction, proof.
    if (in.is_pegin)
        in.witness.pegin_witness = {draw.bytes(8), draw.bytes(32), draw.bytes(32),
                                    draw.bytes(3), draw.bytes(9),  draw.bytes(7)};
    return in;
}

}  // namespace

TxOut draw_output(Draw& draw) {
    TxOut out;
    if (draw.once_in(2)) {
        out.asset = fixed<AssetId>(draw);
        out.value = amount(draw);
    } else {
        out.asset = commitment<AssetCommitment>(draw, {0x0a, 0x0b});
        out.value = commitment<ValueCommitment>(draw, {8, 9});
        out.nonce.bytes = commitment<NonceBytes>(draw, {2, 3});
        out.witness.surjection_proof = draw.bytes(draw.below(70));
        out.witness.rangeproof = draw.bytes(draw.below(255));
    }
    switch (draw.below(5)) {
        case 0: break;
        case 1: out.script.bytes = {0x6a}; break;
        case 2:
            out.script.bytes = {0x00, 0x14};
            append(out.script.bytes, draw.bytes(20));
            break;
        case 3:
            out.script.bytes = {static_cast<uint8_t>(0x51 + draw.below(16)), 0x20};
            append(out.script.bytes, draw.bytes(32));
            break;
        default: out.script.bytes = draw.bytes(draw.below(60)); break;
    }
    return out;
}

SpendCase draw_world(Draw& draw) {
    SpendCase c;
    c.tx.version = draw.of<int32_t>({2, 2, 1, 0, 3, -1});
    c.tx.lock_time = draw.of<uint32_t>({0, 100, 499'999'999, 500'000'000, 1'700'000'000, 0xffffffff});
    const uint32_t inputs = 1 + draw.below(3);
    const uint32_t outputs = draw.below(4);
    for (uint32_t i = 0; i < inputs; ++i) {
        c.tx.inputs.push_back(input(draw));
        c.spent.push_back(draw_output(draw));
    }
    for (uint32_t i = 0; i < outputs; ++i) c.tx.outputs.push_back(draw_output(draw));
    c.index = draw.below(inputs);
    c.genesis.bytes[0] = draw.byte();
    constexpr uint32_t kBlock = kP2sh | kDerSig | kNullDummy | kLockTime | kSequence | kWitness | kTaproot;
    constexpr uint32_t kRelay = 0x1fffff & ~kSigPushOnly;
    c.flags = draw.of<uint32_t>({kBlock, kBlock | kRangeproof, kBlock | kRangeproof | kSimplicity, kRelay | kRangeproof,
                                 kP2sh | kWitness | kTaproot, kP2sh | kWitness | kTaproot | (draw.u32() & 0xffffff),
                                 draw.u32() & 0xffffff});
    if ((c.flags & kCleanStack) != 0) c.flags |= kWitness;
    if ((c.flags & kWitness) != 0) c.flags |= kP2sh;
    if (!draw.once_in(8)) c.flags &= ~static_cast<uint32_t>(kNoHashByte);
    return c;
}

}  // namespace sluice::slow

// Compact blocks (BIP152 version 2, protocol/p2p.md section 6): a block as short ids of its transactions. Pure.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "p2p/wire/messages.h"

namespace sluice::wire {

// The key that turns a wtxid into a short id, of one compact block. The header counts with its proof and witness.
struct ShortIdKey {
    uint64_t k0 = 0;
    uint64_t k1 = 0;
    [[nodiscard]] ShortId id(const Wtxid& wtxid) const;
    bool operator==(const ShortIdKey&) const = default;
};
ShortIdKey short_id_key(const BlockHeader& header, uint64_t nonce);

// The compact form, with the coinbase prefilled. Precondition: the block has a transaction.
CmpctBlock make_compact(const Block& block, uint64_t nonce);

enum class CompactError {
    kInvalid,    // the message contradicts itself: the sender is at fault
    kCollision,  // two transactions share a short id: fetch the whole block
    kWrong,      // the transactions given do not fit what was asked
};

// A compact block while its transactions are gathered. Belongs to whoever downloads the block.
class PartialBlock {
public:
    static Result<PartialBlock, CompactError> begin(CmpctBlock message);

    [[nodiscard]] const BlockHeader& header() const { return header_; }
    [[nodiscard]] const ShortIdKey& key() const { return key_; }
    // The short ids that are still missing.
    [[nodiscard]] std::vector<ShortId> wanted() const;
    // Puts a transaction at its place if its short id is wanted. Two different ones for a place leave it to be asked
    // for.
    void offer(const TxRef& tx);
    [[nodiscard]] std::vector<uint32_t> missing() const;  // positions, ascending
    // Fills the missing positions in order and gives the block. The caller checks its Merkle root: a short id may lie.
    Result<Block, CompactError> complete(const std::vector<TxRef>& transactions) const;

private:
    struct Slot {
        ShortId id = 0;
        uint32_t position = 0;
        bool ambiguous = false;
    };

    BlockHeader header_;
    ShortIdKey key_;
    std::vector<TxRef> transactions_;  // null where missing
    std::vector<Slot> slots_;          // by short id
};

}  // namespace sluice::wire

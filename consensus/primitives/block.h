// Block headers and blocks of signed chains (blocks-and-dynafed.md section 2). A header is legacy (a challenge and a
// solution) or dynafed (parameter entries and a witness); the sign bit of the version on the wire tells, and is cleared
// in memory. The proof is not part of the hash. Chains without signed blocks or without a height in the header are
// refused by params.
#pragma once

#include <variant>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "crypto/hash.h"

namespace sluice {

struct BlockProof {
    Script challenge;
    Script solution;
    auto operator<=>(const BlockProof&) const = default;
};

enum class DynafedEntryKind : uint8_t { kNull = 0, kCompact = 1, kFull = 2 };

// One set of federation parameters. kNull uses no field; kCompact the first two and elided_root; kFull all but
// elided_root.
struct DynafedEntry {
    DynafedEntryKind kind = DynafedEntryKind::kNull;
    Script signblockscript;
    uint32_t signblock_witness_limit = 0;  // bytes of the serialized witness stack
    Script fedpeg_program;                 // parent-chain program of the untweaked fedpegscript
    Script fedpegscript;
    std::vector<Bytes> extension_space;  // PAK entries
    Hash256 elided_root;
    [[nodiscard]] bool is_null() const { return kind == DynafedEntryKind::kNull; }
    bool operator==(const DynafedEntry&) const = default;
};
void describe(Reader& reader, DynafedEntry& entry);
void describe(Writer& writer, const DynafedEntry& entry);

struct DynafedHeader {
    DynafedEntry current;
    DynafedEntry proposed;
    WitnessStack signblock_witness;
    bool operator==(const DynafedHeader&) const = default;
};

struct BlockHeader {
    int32_t version = 0;  // without the dynafed bit
    BlockHash prev;
    MerkleRoot merkle_root;
    uint32_t time = 0;  // Unix seconds
    uint32_t height = 0;
    std::variant<BlockProof, DynafedHeader> seal;

    [[nodiscard]] bool is_dynafed() const { return std::holds_alternative<DynafedHeader>(seal); }
    // Preconditions: !is_dynafed(), is_dynafed().
    [[nodiscard]] const BlockProof& proof() const { return std::get<BlockProof>(seal); }
    [[nodiscard]] const DynafedHeader& dynafed() const { return std::get<DynafedHeader>(seal); }
    bool operator==(const BlockHeader&) const = default;
};

enum class HeaderForm {
    kFull,      // as on the wire
    kStripped,  // without a dynafed header's witness (a legacy solution stays): what weighs x4
    kUnsigned,  // what the block hash covers
};
void describe(Reader& reader, BlockHeader& header);
void describe(Writer& writer, const BlockHeader& header, HeaderForm form = HeaderForm::kFull);

BlockHash compute_hash(const BlockHeader& header);

struct Block {
    BlockHeader header;
    std::vector<TxRef> transactions;
};
void describe(Reader& reader, Block& block);
void describe(Writer& writer, const Block& block, WitnessForm form = WitnessForm::kWith);

// nullopt if the bytes are not exactly one block.
std::optional<Block> parse_block(ByteView bytes);
std::optional<BlockHeader> parse_header(ByteView bytes);
Bytes encode_block(const Block& block, WitnessForm form = WitnessForm::kWith);
Bytes encode_header(const BlockHeader& header, HeaderForm form = HeaderForm::kFull);

struct BlockSize {
    size_t full = 0;      // bytes with every witness
    size_t stripped = 0;  // bytes without transaction witness and without a dynafed header's witness
    [[nodiscard]] size_t weight() const { return 3 * stripped + full; }
};
BlockSize block_size(const Block& block);

}  // namespace sluice

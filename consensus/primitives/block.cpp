#include "consensus/primitives/block.h"

#include "crypto/hash_writer.h"

namespace sluice {
namespace {

constexpr uint32_t kDynafedBit = 0x80000000;
constexpr size_t kMinTransaction = 11;  // version, flags, two empty lists, lock time

template <class A, class T>
void describe_entry(A& a, T& entry) {
    switch (entry.kind) {
        case DynafedEntryKind::kNull: return;
        case DynafedEntryKind::kCompact:
            field(a, entry.signblockscript);
            field(a, entry.signblock_witness_limit);
            field(a, entry.elided_root);
            return;
        case DynafedEntryKind::kFull:
            field(a, entry.signblockscript);
            field(a, entry.signblock_witness_limit);
            field(a, entry.fedpeg_program);
            field(a, entry.fedpegscript);
            list(a, entry.extension_space, 1);
            return;
    }
}

}  // namespace

void describe(Reader& reader, DynafedEntry& entry) {
    const uint8_t kind = reader.u8();
    if (kind > 2) return reader.fail(DecodeError::kBadValue);
    entry = {};
    entry.kind = static_cast<DynafedEntryKind>(kind);
    describe_entry(reader, entry);
}
void describe(Writer& writer, const DynafedEntry& entry) {
    writer.u8(static_cast<uint8_t>(entry.kind));
    describe_entry(writer, entry);
}

void describe(Reader& reader, BlockHeader& header) {
    const uint32_t version = reader.u32();
    header.version = static_cast<int32_t>(version & ~kDynafedBit);
    field(reader, header.prev);
    field(reader, header.merkle_root);
    field(reader, header.time);
    field(reader, header.height);
    if ((version & kDynafedBit) == 0) {
        BlockProof proof;
        field(reader, proof.challenge);
        field(reader, proof.solution);
        header.seal = std::move(proof);
        return;
    }
    DynafedHeader dynafed;
    field(reader, dynafed.current);
    field(reader, dynafed.proposed);
    describe_stack(reader, dynafed.signblock_witness);
    // The reference keeps no mark of the bit: a header with two null entries is one with an empty legacy proof.
    if (dynafed.current.is_null() && dynafed.proposed.is_null()) {
        header.seal = BlockProof{};
    } else {
        header.seal = std::move(dynafed);
    }
}

void describe(Writer& writer, const BlockHeader& header, HeaderForm form) {
    const uint32_t version = static_cast<uint32_t>(header.version);
    writer.u32(header.is_dynafed() ? version | kDynafedBit : version);
    field(writer, header.prev);
    field(writer, header.merkle_root);
    field(writer, header.time);
    field(writer, header.height);
    if (header.is_dynafed()) {
        field(writer, header.dynafed().current);
        field(writer, header.dynafed().proposed);
        if (form == HeaderForm::kFull) describe_stack(writer, header.dynafed().signblock_witness);
    } else {
        field(writer, header.proof().challenge);
        if (form != HeaderForm::kUnsigned) field(writer, header.proof().solution);
    }
}

BlockHash compute_hash(const BlockHeader& header) {
    HashWriter writer;
    describe(writer, header, HeaderForm::kUnsigned);
    return BlockHash::from(writer.sha256d());
}

void describe(Reader& reader, Block& block) {
    describe(reader, block.header);
    block.transactions.clear();
    const size_t count = reader.count(kMinTransaction);
    for (size_t i = 0; i < count && reader.ok(); ++i) {
        Transaction tx;
        describe(reader, tx);
        if (reader.ok()) block.transactions.push_back(make_tx(std::move(tx)));
    }
}
void describe(Writer& writer, const Block& block, WitnessForm form) {
    describe(writer, block.header, form == WitnessForm::kWith ? HeaderForm::kFull : HeaderForm::kStripped);
    writer.compact_size(block.transactions.size());
    for (const TxRef& tx : block.transactions) describe(writer, tx->tx, form);
}

std::optional<Block> parse_block(ByteView bytes) { return decode<Block>(bytes); }
std::optional<BlockHeader> parse_header(ByteView bytes) { return decode<BlockHeader>(bytes); }

Bytes encode_block(const Block& block, WitnessForm form) {
    ByteWriter writer;
    describe(writer, block, form);
    return writer.release();
}
Bytes encode_header(const BlockHeader& header, HeaderForm form) {
    ByteWriter writer;
    describe(writer, header, form);
    return writer.release();
}

BlockSize block_size(const Block& block) {
    SizeWriter full;
    describe(full, block.header, HeaderForm::kFull);
    SizeWriter stripped;
    describe(stripped, block.header, HeaderForm::kStripped);
    const size_t count = compact_size_length(block.transactions.size());
    BlockSize out{full.size() + count, stripped.size() + count};
    for (const TxRef& tx : block.transactions) {
        out.full += tx->size;
        out.stripped += tx->stripped_size;
    }
    return out;
}

}  // namespace sluice

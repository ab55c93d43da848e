#include "node/pool_file.h"

#include <fstream>
#include <iterator>

namespace sluice::node {
namespace {

constexpr uint64_t kVersion = 1;

Error cannot(const char* what, const std::filesystem::path& file) {
    return Error{std::string("Cannot ") + what + " " + file.string()};
}

}  // namespace

Status save_pool(const mempool::Mempool& pool, const std::filesystem::path& file) {
    // Parents before children, as they entered.
    std::vector<const mempool::Entry*> entries;
    for (const auto& [txid, entry] : pool.entries()) entries.push_back(&entry);
    std::ranges::sort(entries, {}, &mempool::Entry::sequence);
    ByteWriter out;
    out.u64(kVersion);
    out.u64(entries.size());
    for (const mempool::Entry* entry : entries) {
        out.raw(encode_tx(entry->tx->tx));
        out.i64(entry->time);
        out.i64(entry->fee_delta.sat);
    }
    std::vector<std::pair<Txid, Amount>> others;
    for (const auto& [txid, delta] : pool.priorities()) {
        if (pool.find(txid) == nullptr) others.emplace_back(txid, delta);
    }
    out.compact_size(others.size());
    for (const auto& [txid, delta] : others) {
        out.raw(txid.view());
        out.i64(delta.sat);
    }
    out.compact_size(0);

    const std::filesystem::path fresh = file.string() + ".new";
    {
        std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
        stream.write(reinterpret_cast<const char*>(out.bytes().data()),
                     static_cast<std::streamsize>(out.bytes().size()));
        stream.close();
        if (!stream) return unexpected(cannot("write", fresh));
    }
    std::error_code error;
    std::filesystem::rename(fresh, file, error);
    if (error) return unexpected(cannot("rename", fresh));
    return {};
}

Result<PoolLoaded> load_pool(mempool::Mempool& pool, const std::filesystem::path& file) {
    PoolLoaded out;
    if (!std::filesystem::exists(file)) return out;
    std::ifstream stream(file, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) return unexpected(cannot("read", file));
    Reader reader(bytes);
    if (reader.u64() != kVersion) return fail(file.string() + " has a version that is not known");
    const uint64_t count = reader.u64();
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
        Transaction tx;
        describe(reader, tx);
        const int64_t time = reader.i64();
        const Amount delta{reader.i64()};
        if (!reader.ok()) break;
        const TxRef parsed = make_tx(std::move(tx));
        if (delta.sat != 0) pool.prioritise(parsed->txid, delta);
        ++(pool.restore(parsed, time) ? out.accepted : out.refused);
    }
    const uint64_t others = reader.compact_size();
    for (uint64_t i = 0; i < others && reader.ok(); ++i) {
        Txid txid;
        field(reader, txid);
        const Amount delta{reader.i64()};
        if (reader.ok()) pool.prioritise(txid, delta);
    }
    if (!reader.ok()) return fail(file.string() + " is damaged");
    return out;
}

}  // namespace sluice::node

#include "peg/chain/scanner.h"

#include "peg/parent/merkle_block.h"

namespace sluice::parent_chain {

namespace {

constexpr uint8_t kRecordKey = 'B';
constexpr uint8_t kScriptKey = 'S';
constexpr uint8_t kOutpointKey = 'O';

Bytes key_of(uint8_t prefix, ByteView rest) {
    Bytes out{prefix};
    append(out, rest);
    return out;
}

template <class A, Like<FoundOutput> T>
void describe_output(A& a, T& found) {
    field(a, found.received.outpoint);
    field(a, found.received.value.sat);
    field(a, found.received.script);
    if constexpr (kReads<A>) {
        found.received.coinbase = a.u8() != 0;
    } else {
        a.u8(found.received.coinbase ? 1 : 0);
    }
    field(a, found.transaction);
    field(a, found.proof);
}

template <class A, Like<BlockRecord> T>
void describe_record(A& a, T& record) {
    field(a, record.tx_count);
    list(a, record.outputs, 48, [](A& archive, auto& found) { describe_output(archive, found); });
    list(a, record.spends, 68, [](A& archive, auto& spend) {
        field(archive, spend.outpoint);
        field(archive, spend.by);
    });
}

// The records of one chain, gathered.
class ChainView final : public ledger::BitcoinView {
public:
    ChainView(std::shared_ptr<const HeaderIndex> index, const HeaderEntry* c) : index_(std::move(index)), c_(c) {}

    void add(std::shared_ptr<const BlockRecord> record, uint32_t height) {
        for (const FoundOutput& found : record->outputs) {
            received_.push_back(found.received);
            received_.back().height = height;
        }
        for (const FoundSpend& spend : record->spends) spends_[spend.outpoint] = {spend.by, height};
        records_.push_back(std::move(record));
    }

    [[nodiscard]] uint32_t height() const override { return c_->height; }
    [[nodiscard]] std::optional<uint32_t> find(const ParentBlockHash& hash) const override {
        const HeaderEntry* entry = index_->find(hash);
        if (entry == nullptr || !is_in_chain(entry, c_)) return std::nullopt;
        return entry->height;
    }
    [[nodiscard]] std::optional<uint32_t> header_height(const ParentBlockHash& hash) const override {
        const HeaderEntry* entry = index_->find(hash);
        return entry == nullptr ? std::nullopt : std::optional(entry->height);
    }
    [[nodiscard]] std::vector<ledger::Received> received() const override { return received_; }
    [[nodiscard]] Bytes transaction_of(const ParentOutPoint& outpoint) const override {
        for (const auto& record : records_) {
            for (const FoundOutput& found : record->outputs) {
                if (found.received.outpoint == outpoint) return found.transaction;
            }
        }
        return {};
    }
    [[nodiscard]] std::optional<ledger::Spend> spend_of(const ParentOutPoint& outpoint) const override {
        const auto at = spends_.find(outpoint);
        return at == spends_.end() ? std::nullopt : std::optional(at->second);
    }

private:
    std::shared_ptr<const HeaderIndex> index_;
    const HeaderEntry* c_;
    std::vector<std::shared_ptr<const BlockRecord>> records_;
    std::vector<ledger::Received> received_;
    std::map<ParentOutPoint, ledger::Spend> spends_;
};

}  // namespace

void describe(Reader& reader, BlockRecord& record) { describe_record(reader, record); }
void describe(Writer& writer, const BlockRecord& record) { describe_record(writer, record); }

Result<std::unique_ptr<Scanner>> Scanner::open(storage::Db& db, std::shared_ptr<const HeaderIndex> index,
                                               uint32_t scan_from) {
    std::unique_ptr<Scanner> out(new Scanner(db, std::move(index), scan_from));
    TRY_VOID(out->load());
    return out;
}

Status Scanner::load() {
    bool damaged = false;
    TRY_VOID(for_each_prefix(db_, Bytes{kScriptKey}, [&](ByteView key, ByteView) {
        scripts_.insert(Script{to_bytes(key.subspan(1))});
        return true;
    }));
    TRY_VOID(for_each_prefix(db_, Bytes{kOutpointKey}, [&](ByteView key, ByteView) {
        const auto outpoint = decode<ParentOutPoint>(key.subspan(1));
        damaged = damaged || !outpoint;
        if (outpoint) outpoints_.insert(*outpoint);
        return !damaged;
    }));
    TRY_VOID(for_each_prefix(db_, Bytes{kRecordKey}, [&](ByteView key, ByteView value) {
        auto record = decode<BlockRecord>(value);
        damaged = damaged || !record || key.size() != 33;
        if (damaged) return false;
        // A record whose header did not reach the disk is of no use.
        if (const HeaderEntry* entry = index_->find(ParentBlockHash::from_view(key.subspan(1))))
            keep(entry, std::move(*record));
        return true;
    }));
    if (damaged) return fail("the database of the parent chain is damaged: remove its folder, it is built again");
    return {};
}

bool Scanner::watch(const Script& script) {
    if (!scripts_.insert(script).second) return false;
    batch_.put(key_of(kScriptKey, script.view()), {});
    return true;
}

bool Scanner::watch(const ParentOutPoint& outpoint) {
    if (!outpoints_.insert(outpoint).second) return false;
    batch_.put(key_of(kOutpointKey, encode(outpoint)), {});
    return true;
}

uint32_t Scanner::scan_from() const {
    const MutexLock lock(mutex_);
    return scan_from_;
}

void Scanner::set_scan_from(uint32_t height) {
    const MutexLock lock(mutex_);
    scan_from_ = height;
}

void Scanner::forget_from(uint32_t height) {
    const MutexLock lock(mutex_);
    std::erase_if(scanned_, [&](const HeaderEntry* entry) {
        if (entry->height < height) return false;
        batch_.erase(key_of(kRecordKey, entry->hash.view()));
        return true;
    });
    records_.erase(records_.lower_bound(height), records_.end());
    scanned_to_ = nullptr;
}

void Scanner::keep(const HeaderEntry* entry, BlockRecord record) {
    entry->tx_count.store(record.tx_count);
    for (const FoundOutput& found : record.outputs) outpoints_.insert(found.received.outpoint);
    const MutexLock lock(mutex_);
    scanned_.insert(entry);
    if (!record.empty()) {
        records_[entry->height].emplace_back(entry, std::make_shared<const BlockRecord>(std::move(record)));
    }
}

void Scanner::scan(const HeaderEntry* entry, const parent::ParentBlock& block) {
    BlockRecord record;
    record.tx_count = static_cast<uint32_t>(block.transactions.size());
    std::set<ParentOutPoint> made_here;
    for (size_t i = 0; i < block.transactions.size(); ++i) {
        const parent::ParentTransaction& tx = block.transactions[i];
        for (const parent::ParentTxIn& input : tx.inputs) {
            if (outpoints_.contains(input.prevout) || made_here.contains(input.prevout)) {
                record.spends.push_back({input.prevout, block.txids[i]});
            }
        }
        for (uint32_t n = 0; n < tx.outputs.size(); ++n) {
            if (!scripts_.contains(tx.outputs[n].script)) continue;
            FoundOutput found;
            found.received = {{block.txids[i], n}, tx.outputs[n].value, tx.outputs[n].script, entry->height, i == 0};
            found.transaction = parent::encode_parent_tx(tx, parent::ParentWitness::kWithout);
            std::vector<bool> wanted(block.txids.size());
            wanted[i] = true;
            found.proof = encode(parent::MerkleBlock{block.header, parent::build_tree(block.txids, wanted)});
            made_here.insert(found.received.outpoint);
            record.outputs.push_back(std::move(found));
        }
    }
    batch_.put(key_of(kRecordKey, entry->hash.view()), encode(record));
    keep(entry, std::move(record));
}

Status Scanner::flush() {
    if (batch_.empty()) return {};
    TRY_VOID(db_.write(batch_, storage::Sync::kBuffered));
    batch_.clear();
    return {};
}

const HeaderEntry* Scanner::next_locked(const HeaderEntry* tip) const {
    if (tip == nullptr || tip->height < scan_from_) return nullptr;
    // Down to the part that is known to be whole, remembering the lowest gap.
    const HeaderEntry* whole = scanned_to_ == nullptr ? nullptr : fork_point(tip, scanned_to_);
    const HeaderEntry* lowest = nullptr;
    for (const HeaderEntry* entry = tip; entry != nullptr && entry != whole && entry->height >= scan_from_;
         entry = entry->previous) {
        if (!scanned_.contains(entry)) lowest = entry;
    }
    // All below the gap is whole: the next walk may stop there. An old c does not take back what a later one has shown.
    const HeaderEntry* shown = lowest == nullptr ? tip : lowest->previous;
    if (shown != nullptr && shown->height >= scan_from_ && shown != whole) scanned_to_ = shown;
    return lowest;
}

const HeaderEntry* Scanner::next(const HeaderEntry* tip) const {
    const MutexLock lock(mutex_);
    return next_locked(tip);
}

std::shared_ptr<const ledger::BitcoinView> Scanner::view(const HeaderEntry* c) const {
    const MutexLock lock(mutex_);
    if (c == nullptr || next_locked(c) != nullptr) return nullptr;
    auto out = std::make_shared<ChainView>(index_, c);
    for (const auto& [height, blocks] : records_) {
        for (const auto& [entry, record] : blocks) {
            if (is_in_chain(entry, c)) out->add(record, height);
        }
    }
    return out;
}

std::vector<Scanner::Found> Scanner::payments_to(const Script& script) const {
    const MutexLock lock(mutex_);
    std::vector<Found> out;
    for (const auto& [height, blocks] : records_) {
        for (const auto& [entry, record] : blocks) {
            for (const FoundOutput& found : record->outputs) {
                if (found.received.script == script) out.push_back({entry, found});
            }
        }
    }
    return out;
}

bool Scanner::is_spent(const ParentOutPoint& outpoint, const HeaderEntry* tip) const {
    const MutexLock lock(mutex_);
    for (const auto& [height, blocks] : records_) {
        for (const auto& [entry, record] : blocks) {
            if (!is_in_chain(entry, tip)) continue;
            for (const FoundSpend& spend : record->spends) {
                if (spend.outpoint == outpoint) return true;
            }
        }
    }
    return false;
}

}  // namespace sluice::parent_chain

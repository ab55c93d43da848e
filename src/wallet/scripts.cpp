// Which scripts are the wallet's: those of its seed and those that were imported; their labels, and how they are spent.
#include "util/check.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {
const Script kAnyoneCanSpend{{0x51}};

// nullptr: it does not read as one descriptor.
std::shared_ptr<const signing::Descriptor> stored_descriptor(const std::string& text, const ChainParams& params) {
    auto parsed = signing::Descriptor::parse(text, params);
    if (!parsed || parsed->size() != 1) return nullptr;
    return std::make_shared<const signing::Descriptor>(std::move(parsed->front()));
}

std::vector<Script> scripts_at(const signing::Descriptor& descriptor, uint32_t index) {
    auto made = descriptor.expand(index);
    return made ? std::move(made->scripts) : std::vector<Script>();
}
}  // namespace

Status Wallet::load_imported() {
    bool damaged = false;
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("i"), [&](ByteView, ByteView value) {
        auto record = decode_import(value);
        auto descriptor = record ? stored_descriptor(record->text, *options_.params) : nullptr;
        damaged = damaged || !descriptor;
        if (descriptor) imported_.put(std::move(*record), std::move(descriptor));
        return !damaged;
    }));
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("k"), [&](ByteView key, ByteView value) {
        const auto of = PubKey::parse(key.subspan(1));
        damaged = damaged || !of;
        if (of) imported_.put_secret(*of, to_bytes(value));
        return !damaged;
    }));
    if (damaged) return fail("Wallet file verification failed. An imported descriptor is damaged");
    return {};
}

Status Wallet::import(ImportRecord record, const signing::Descriptor& given) {
    const auto normal = given.normalized(*options_.params);
    const auto descriptor = normal ? stored_descriptor(normal->text, *options_.params) : nullptr;
    // What is stored must be read, and its scripts known while the wallet is locked.
    if (!descriptor || !descriptor->expand(record.begin)) {
        return fail("Cannot expand descriptor. Probably because of hardened derivations without private keys provided");
    }
    record.text = normal->text;
    storage::Batch batch;
    std::vector<std::pair<PubKey, Bytes>> sealed;
    if (!normal->secrets.empty()) {
        const auto seal_key = keys_->import_key();
        if (!seal_key) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
        for (const signing::BaseSecret& each : normal->secrets) {
            sealed.emplace_back(each.key, seal_secret(each.key, each.secret, seal_key->view()));
            batch.put(imported_secret_key(each.key), sealed.back().second);
        }
    }
    batch.put(import_key(record.text), encode_import(record));
    const bool labelled = !descriptor->is_range() && !record.internal;
    std::vector<std::pair<Script, AddressRecord>> labels;
    for (const Script& script : labelled ? scripts_at(*descriptor, record.begin) : std::vector<Script>()) {
        labels.emplace_back(script, AddressRecord{std::nullopt, record.label});
        batch.put(address_key(script), encode_address_record(labels.back().second));
    }
    // Of one kind and side, one descriptor at most gives the addresses.
    std::vector<ImportRecord> rested;
    for (const Imported::Entry& other : imported_.entries()) {
        if (!record.active || !other.record.active || other.record.text == record.text) continue;
        if (other.descriptor->output_kind() != descriptor->output_kind() || other.record.internal != record.internal)
            continue;
        rested.push_back(other.record);
        rested.back().active = false;
        batch.put(import_key(rested.back().text), encode_import(rested.back()));
    }
    TRY_VOID(commit(std::move(batch)));
    for (ImportRecord& each : rested) {
        auto descriptor = imported_.entries()[*imported_.find_text(each.text)].descriptor;
        imported_.put(std::move(each), std::move(descriptor));
    }
    for (auto& [of, box] : sealed) imported_.put_secret(of, std::move(box));
    for (auto& [script, label] : labels) addresses_.insert_or_assign(script, std::move(label));
    imported_.put(std::move(record), descriptor);
    return {};
}

Result<std::vector<ListedDescriptor>> Wallet::descriptors(bool with_secrets) const {
    std::vector<ListedDescriptor> out;
    const bool own = !flags_.private_keys_disabled && !flags_.blank;
    const std::string account = !own           ? std::string()
                                : with_secrets ? TRY(keys_->account_secret_text(options_.params->xprv))
                                               : keys_->account().encode(options_.params->xpub);
    constexpr std::array<std::string_view, 3> kHeads = {"wpkh(", "pkh(", "sh(wpkh("};
    constexpr std::array<std::string_view, 3> kTails = {")", ")", "))"};
    for (size_t chain = 0; own && chain < kKeyChains; ++chain) {
        ListedDescriptor each;
        each.text = std::string(kHeads[chain / 2]) + account + "/" + std::to_string(chain) + "/*" +
                    std::string(kTails[chain / 2]);
        each.ranged = true;
        each.record.active = true;
        each.record.internal = is_change(static_cast<KeyChain>(chain));
        each.record.next = progress_.next[chain];
        each.record.end = each.record.next + kLookahead;
        out.push_back(std::move(each));
    }
    const auto seal_key = keys_->import_key();
    for (const Imported::Entry& entry : imported_.entries()) {
        ListedDescriptor each{entry.record.text, entry.record, entry.descriptor->is_range()};
        if (with_secrets && seal_key) {
            const ChainParams& params = *options_.params;
            each.text = imported_.with_secrets(entry, seal_key->view(), params).secret_text(params);
        }
        out.push_back(std::move(each));
    }
    return out;
}

bool Wallet::is_mine(const Script& script) const {
    if (options_.params->anyone_can_spend_are_mine && script == kAnyoneCanSpend) return true;
    return keys_->find(script).has_value() || imported_.find(script).has_value();
}

bool Wallet::is_watch_only(const Script& script) const {
    if (flags_.private_keys_disabled || keys_->find(script) || imported_.can_spend(script)) return false;
    return !(options_.params->anyone_can_spend_are_mine && script == kAnyoneCanSpend);
}

std::optional<signing::KeyRing> Wallet::key_ring(const Script& script) const {
    if (const auto at = keys_->find(script)) return keys_->key_ring(*at);
    return imported_.key_ring(script);
}

std::optional<PubKey> Wallet::pubkey_of(const Script& script) const {
    const auto how = key_ring(script);
    return how && how->keys.size() == 1 ? std::optional(how->keys.begin()->second.key) : std::nullopt;
}

Result<std::optional<signing::KeyRing>> Wallet::signing_keys(const Script& script) const {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    if (const auto at = keys_->find(script)) {
        signing::KeyRing out = keys_->key_ring(*at);
        out.add_secret(TRY(keys_->secret_key(*at)));
        return std::optional(std::move(out));
    }
    const auto seal_key = keys_->import_key();
    CHECK(seal_key.has_value());
    const auto at = imported_.find(script);
    if (!at) return std::optional<signing::KeyRing>();
    const Imported::Entry& entry = imported_.entries()[at->entry];
    auto made = imported_.with_secrets(entry, seal_key->view(), *options_.params).expand(at->index, true);
    return made ? std::optional(std::move(made->keys)) : std::nullopt;
}

std::string Wallet::label_of(const Script& script) const {
    const auto found = addresses_.find(script);
    return found == addresses_.end() ? std::string() : found->second.label;
}

Result<Script> Wallet::next_script(KeyChain chain, const std::string& label) {
    if (flags_.private_keys_disabled || flags_.blank) return next_imported(chain, label);
    Progress next = progress_;
    uint32_t& index = next.next[static_cast<size_t>(chain)];
    const KeyIndex at{chain, index++};
    const Script script = keys_->script(at);
    storage::Batch batch;
    batch.put(progress_key(), encode_progress(next));
    const AddressRecord record{at, label};
    if (!is_change(chain)) batch.put(address_key(script), encode_address_record(record));
    TRY_VOID(commit(std::move(batch)));
    progress_ = next;
    if (!is_change(chain)) addresses_.insert_or_assign(script, record);
    keys_->extend(chain, at.index + 1 + lookahead_);
    return script;
}

// Of a wallet without keys of its own: from the active descriptor of that kind.
Result<Script> Wallet::next_imported(KeyChain chain, const std::string& label) {
    using signing::OutputKind;
    const OutputKind wanted = chain_of(AddressType::kLegacy, is_change(chain)) == chain   ? OutputKind::kLegacy
                              : chain_of(AddressType::kNested, is_change(chain)) == chain ? OutputKind::kNestedSegwit
                                                                                          : OutputKind::kBech32;
    for (const Imported::Entry& entry : imported_.entries()) {
        if (!entry.record.active || entry.record.internal != is_change(chain) ||
            entry.descriptor->output_kind() != wanted)
            continue;
        const auto scripts = scripts_at(*entry.descriptor, entry.record.next);
        if (scripts.empty()) return fail("Error: This wallet has no available keys");
        ImportRecord record = entry.record;
        const auto descriptor = entry.descriptor;
        ++record.next;
        record.end = std::max(record.end, record.next + kLookahead);
        const Script script = scripts.front();
        const AddressRecord address{std::nullopt, label};
        storage::Batch batch;
        batch.put(import_key(record.text), encode_import(record));
        if (!is_change(chain)) batch.put(address_key(script), encode_address_record(address));
        TRY_VOID(commit(std::move(batch)));
        if (!is_change(chain)) addresses_.insert_or_assign(script, address);
        imported_.put(std::move(record), descriptor);
        return script;
    }
    return fail("Error: This wallet has no available keys");
}

Result<Script> Wallet::new_script(const std::string& label, AddressType type) {
    return next_script(chain_of(type, false), label);
}

// A script that we see paid is not handed out again, e.g. after the wallet was restored from an older copy.
void Wallet::use_up(const Script& script, storage::Batch& batch) {
    if (const auto at = keys_->find(script)) {
        uint32_t& next = progress_.next[static_cast<size_t>(at->chain)];
        next = std::max(next, at->index + 1);
        keys_->extend(at->chain, next + lookahead_);
        return;
    }
    const auto at = imported_.find(script);
    if (!at) return;
    const Imported::Entry& entry = imported_.entries()[at->entry];
    if (!entry.descriptor->is_range() || entry.record.next > at->index) return;
    ImportRecord record = entry.record;
    const auto descriptor = entry.descriptor;
    record.next = at->index + 1;
    record.end = std::max(record.end, record.next + kLookahead);
    batch.put(import_key(record.text), encode_import(record));
    imported_.put(std::move(record), descriptor);
}

Status Wallet::set_label(const Script& script, const std::string& label) {
    const auto known = addresses_.find(script);
    const AddressRecord record{known == addresses_.end() ? keys_->find(script) : known->second.key, label};
    storage::Batch batch;
    batch.put(address_key(script), encode_address_record(record));
    TRY_VOID(commit(std::move(batch)));
    addresses_.insert_or_assign(script, record);
    return {};
}

}  // namespace sluice::wallet

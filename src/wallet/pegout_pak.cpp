// Peg-outs with authorization.
#include "consensus/script/templates.h"
#include "wallet/pak.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {

constexpr uint32_t kLookaheadAddresses = 3;

Result<PakInfo> describe_pak(const PakDescriptor& descriptor, uint32_t counter, const PubKey& online) {
    PakInfo out{descriptor.offline_key(), online, descriptor.text(), counter, {}};
    for (uint32_t i = 0; i < kLookaheadAddresses; ++i) {
        const auto to = descriptor.destination(counter + i);
        if (!to) return fail("Could not generate lookahead addresses with descriptor.");
        out.lookahead.push_back(to->script);
    }
    return out;
}

}  // namespace

Status Wallet::load_pak() {
    const std::optional<Bytes> stored = TRY(db_->get(pak_key()));
    if (!stored) return {};
    pak_ = decode_pak_record(*stored);
    if (!pak_) return fail("Wallet file verification failed. The peg-out authorization record is damaged");
    return {};
}

Status Wallet::keep_pak(const PakRecord& record) {
    storage::Batch batch;
    batch.put(pak_key(), encode_pak_record(record));
    TRY_VOID(commit(std::move(batch)));
    pak_ = record;
    return {};
}

Result<PakInfo> Wallet::init_pegouts(const std::string& descriptor, uint32_t counter,
                                     const std::optional<PubKey>& online) {
    const PakDescriptor parsed = TRY(PakDescriptor::parse(descriptor, options_.params->xpub));
    if (counter > kMaxPakCounter) return fail("bip32_counter must be between 0 and 1,000,000,000, inclusive.");
    if (online && !pubkey_of(script::make_p2wpkh(online->hash160())))
        return fail("Error: liquid_pak could not be found in wallet");
    const Script script = online ? script::make_p2wpkh(online->hash160()) : TRY(next_script(KeyChain::kReceive, ""));
    PakInfo out = TRY(describe_pak(parsed, counter, *pubkey_of(script)));
    TRY_VOID(keep_pak({parsed.text(), counter, script}));
    return out;
}

Result<std::optional<PakInfo>> Wallet::pak_info() const {
    if (!pak_) return std::nullopt;
    const PakDescriptor parsed = TRY(PakDescriptor::parse(pak_->descriptor, options_.params->xpub));
    const auto online = pubkey_of(pak_->online);
    if (!online) return fail("the wallet's peg-out authorization key is not its own");
    return std::optional(TRY(describe_pak(parsed, pak_->counter, *online)));
}

Result<AuthorizedPegout> Wallet::send_authorized(Amount amount, bool subtract_fee) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    const std::vector<ports::PakEntry> list = TRY(chain_.pak_list());
    if (list.empty()) {
        return fail(
            "Pegout freeze is under effect to aid a pak transition to a new list. Please consult the network "
            "operator.");
    }
    if (!pak_) {
        return fail(
            "Pegout authorization for this wallet has not been set. Please call `initpegoutwallet` with the "
            "appropriate "
            "arguments first.");
    }
    const PakRecord before = *pak_;
    const PakDescriptor descriptor = TRY(PakDescriptor::parse(before.descriptor, options_.params->xpub));
    const auto to = descriptor.destination(before.counter);
    const auto at = keys_->find(before.online);
    if (!to || !at) return fail("Given online key is in master set but not in wallet");
    const SecretKey online = TRY(keys_->secret_key(*at));
    Recipient recipient;
    recipient.script = TRY(make_authorized_pegout(list, descriptor, *to, online, options_.params->parent.genesis));
    recipient.asset = options_.params->pegged_asset;
    recipient.amount = amount;
    recipient.subtract_fee = subtract_fee;

    // The address is used up before anybody learns it; it is free again only if nothing was sent.
    PakRecord next = before;
    ++next.counter;
    TRY_VOID(keep_pak(next));
    const Result<Txid> sent = send({recipient}, {});
    if (!sent) {
        TRY_VOID(keep_pak(before));
        return unexpected(sent.error());
    }
    return AuthorizedPegout{*sent, to->script, before.descriptor, before.counter};
}

}  // namespace sluice::wallet

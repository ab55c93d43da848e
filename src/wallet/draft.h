// A transaction in the making: still in the open, unsigned, with what is needed to weigh, blind and sign it. Internal
// to wallet.
#pragma once

#include "wallet/wallet.h"

namespace sluice::wallet {

struct SpentOutput {
    TxOut out;
    Opened opened;
    std::optional<signing::DummyScripts> scripts = {};  // of their final size; absent: none is needed, or not known
};

struct Wallet::Draft {
    Transaction tx;
    std::vector<SpentOutput> spent;                // one an input
    std::vector<std::optional<PubKey>> receivers;  // one an output; absent: stays in the open
    bool blind_issuance = false;
    int64_t change_position = -1;  // of the first change output

    [[nodiscard]] bool spends_blinded() const;
    [[nodiscard]] bool has_receiver() const;
};

struct Wallet::Signed {
    BlindedTx blinded;
    std::vector<std::optional<PubKey>> receivers;  // empty: nothing is blinded
    size_t missing = 0;                            // inputs without a signature
};

// What is wanted of a draft.
struct Wallet::Order {
    struct Input {
        TxIn in;
        SpentOutput spent;
    };
    std::vector<Recipient> recipients;
    int64_t fee_rate = 1000;              // satoshi per 1000 virtual bytes
    std::vector<Input> inputs;            // come first, in this order
    std::optional<IssueOrder> issue;      // by the first input
    std::optional<AssetEntropy> more_of;  // with `issue`: more of this asset; the first input spends its token
    Script issued_script;                 // of ours; with `issue`
    Script token_script;
    bool keep_order = false;  // of recipients; else all outputs are shuffled
    std::map<AssetId, ChangeTo> change;
    std::optional<uint32_t> change_position;  // with keep_order
    std::optional<AddressType> change_type;
    CoinChoice coins;
    bool replaceable = true;
};

// The null-data output that balances where nothing else can.
TxOut dummy_output(const AssetId& asset);
TxOut pay_to(const Script& script, const AssetId& asset, Amount amount);
// Satoshi that the draft must pay once it is blinded and signed; `discount`: as ELIP 200 counts.
Amount fee_for(const Transaction& tx, const std::vector<SpentOutput>& spent,
               const std::vector<std::optional<PubKey>>& receivers, bool blind_issuance, const ProofOptions& proof,
               bool discount, int64_t rate);

}  // namespace sluice::wallet

// Wallet: keys, coins, payments, peg-in claims and peg-out requests of one user. It sees the node through ports only.
//
// Thread: one, the notify thread; RPC posts to it. Every change is in the database, synced, before a call returns or a
// transaction is broadcast. Confidential outputs to us are opened as they are seen, and what they hold is stored
// sealed; what we send is blinded for whoever gave a blinding key. Errors are texts for people; those that Elements'
// users know are Elements' own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "ports/chain_client.h"
#include "ports/parent_client.h"
#include "storage/disk.h"
#include "util/clock.h"
#include "wallet/blind_tx.h"
#include "wallet/keychain.h"
#include "wallet/records.h"
#include "wallet/tx_ledger.h"
#include "wallet/view_keys.h"

namespace sluice::wallet {

struct WalletOptions {
    std::string folder;                   // of the key file; the database is "<name>" of the disk handed in
    const ChainParams* params = nullptr;  // outlives the wallet
    AssetId policy_asset;                 // fees are paid in it
    int64_t fee_rate = 1000;              // satoshi per 1000 virtual bytes
    bool blinded_addresses = false;       // -blindedaddresses: addresses, change and claims are confidential
    ProofOptions proof = {};              // -ct_exponent, -ct_bits
};

// How open() may find the wallet.
struct Opening {
    enum class Expect { kEither, kExisting, kNew };
    Expect expect = Expect::kEither;
    WalletFlags flags = {};       // of a new one
    std::string passphrase = {};  // of a new one; empty: not encrypted
};

// A descriptor of the wallet, its own ones included.
struct ListedDescriptor {
    std::string text;  // without checksum; with secrets if they were asked for
    ImportRecord record;
    bool ranged = false;
};

// Per asset, satoshi.
struct Balances {
    std::map<AssetId, Amount> trusted;   // spendable now
    std::map<AssetId, Amount> pending;   // others' unconfirmed payments to us
    std::map<AssetId, Amount> immature;  // coinbase below maturity
};
struct AllBalances {
    Balances mine;
    Balances watched;  // of is_watch_only
};

struct Recipient {
    Script script;
    AssetId asset;
    Amount amount;
    bool subtract_fee = false;                // policy asset only
    std::optional<PubKey> blinding_key = {};  // of a confidential address: the output is blinded for its holder
};

struct SendOptions {
    std::string comment;
    std::optional<int64_t> fee_rate;  // satoshi per 1000 virtual bytes
};

// What is to be issued: a new asset, or more of one whose token is ours.
struct IssueOrder {
    Amount amount;
    Amount tokens;               // new assets only
    bool blind = true;           // hide the amounts
    AssetEntropy contract_hash;  // new assets only
};
struct Issued {
    Txid txid;
    uint32_t input = 0;
    AssetEntropy entropy;
    AssetId asset;
    AssetId token;
};

// A transaction that somebody began: inputs and outputs that must be in it.
struct FundOrder {
    Transaction tx;  // outputs in the open; a nonce is the blinding key of the one who gets it
    std::optional<int64_t> fee_rate;
    std::optional<Script> change_script;
    std::optional<uint32_t> change_position;
    std::set<uint32_t> subtract_fee_from;  // outputs
    bool lock_coins = false;               // the coins that were added are locked
};
struct Funded {
    Transaction tx;  // in the open, with blinding keys in the place of nonces; unsigned
    Amount fee;
    int64_t change_position = -1;  // the first change output; -1: none
};

struct PeginAddress {
    Script parent_script;
    Script claim_script;
};

// What a claim needs besides our keys; `outpoint` is of the parent chain.
struct PeginClaim {
    OutPoint outpoint;
    Amount amount;
    Script claim_script;
    Bytes transaction;
    Bytes txoutproof;
};

// How this wallet authorises peg-outs where the chain asks for that.
struct PakInfo {
    PubKey offline;  // the two keys of its entry
    PubKey online;
    std::string descriptor;
    uint32_t counter = 0;           // of the next address
    std::vector<Script> lookahead;  // the next three, on the parent chain
};
struct AuthorizedPegout {
    Txid txid;
    Script parent_script;
    std::string descriptor;
    uint32_t counter = 0;
};

class Wallet {
public:
    // Opens or makes the wallet "wallet" of `disk`. `parent` may be null (no peg-in addresses are watched then). Keys
    // that are there already are never written over. The seed of a wallet that is born with a passphrase is on disk
    // only sealed.
    static Result<std::unique_ptr<Wallet>> open(const WalletOptions& options, storage::Disk& disk,
                                                ports::ChainClient& chain, ports::ParentClient* parent,
                                                const Clock& clock, const Opening& how = {});
    ~Wallet();

    // Chain events, in order. Also called by catch_up.
    Status block_connected(const Block& block, const ports::BlockPoint& at);
    Status block_disconnected(const Block& block, const ports::BlockPoint& at);
    Status transaction_added(const TxRef& tx);  // to the mempool
    // Reads every block since the last one read, undoing those that left the active chain. Call at start, before
    // events.
    Status catch_up();
    // Reads the active chain again from `height`.
    Status rescan(uint32_t height);
    // The same from the first block that may be so late (Unix seconds; block times are two hours apart at most).
    Status rescan_from_time(int64_t time);
    // Of the node's chain.
    [[nodiscard]] Result<int64_t> tip_median_time() { return chain_.median_time(); }
    [[nodiscard]] Result<std::optional<BlockHash>> active_hash(uint32_t height) { return chain_.active_hash(height); }
    [[nodiscard]] Result<std::optional<Block>> block(const BlockHash& hash) { return chain_.block(hash); }
    // Notes what already waits in the node's mempool.
    Status read_mempool();
    // Puts our unconfirmed transactions back into the mempool. Failures are kept silent: they are tried again.
    void rebroadcast();
    // Claims every deposit to a peg-in address of ours that is deep enough. Returns the claims that were sent now.
    Result<std::vector<Txid>> claim_deposits();

    [[nodiscard]] Result<Script> new_script(const std::string& label, AddressType type = AddressType::kBech32);
    Result<Script> new_change_script(AddressType type = AddressType::kBech32) {
        return next_script(chain_of(type, true), "");
    }
    // Any script may have a label; those of others are known by it.
    Status set_label(const Script& script, const std::string& label);
    [[nodiscard]] Balances balances(uint32_t min_depth = 0) const { return all_balances(min_depth).mine; }
    [[nodiscard]] AllBalances all_balances(uint32_t min_depth = 0) const;
    [[nodiscard]] std::vector<WalletCoin> unspent() const;
    [[nodiscard]] const TxLedger& ledger() const { return *ledger_; }
    [[nodiscard]] bool is_mine(const Script& script) const;  // to spend or to watch
    // Watched beside what the wallet spends; it counts in no balance.
    [[nodiscard]] bool is_watch_only(const Script& script) const;
    [[nodiscard]] std::optional<PubKey> pubkey_of(const Script& script) const;  // of one with a single key
    // How a script of ours is spent.
    [[nodiscard]] std::optional<Spendable> spendable(const Script& script) const;
    // With the secrets. Error: the wallet is locked.
    [[nodiscard]] Result<std::optional<SigningKeys>> signing_keys(const Script& script) const;
    // Watches for a descriptor from now on, and keeps its secrets. What was paid to it before is found by rescan.
    Status import(ImportRecord record, ParsedDescriptor parsed);
    [[nodiscard]] const Imported& imported() const { return imported_; }
    [[nodiscard]] Result<std::vector<ListedDescriptor>> descriptors(bool with_secrets) const;
    [[nodiscard]] const Keychain& keychain() const { return *keys_; }
    [[nodiscard]] std::string label_of(const Script& script) const;
    // Given to somebody as an address (change is not).
    [[nodiscard]] bool is_handed_out(const Script& script) const { return addresses_.contains(script); }
    [[nodiscard]] const std::map<Script, AddressRecord>& addresses() const { return addresses_; }
    [[nodiscard]] std::optional<ports::BlockPoint> best_block() const { return progress_.best; }
    [[nodiscard]] const WalletOptions& options() const { return options_; }
    [[nodiscard]] const WalletFlags& flags() const { return flags_; }

    // The whole wallet into one file, which open() reads after restore_backup(). Errors: I/O; something else is there.
    [[nodiscard]] Status backup(const std::string& path) const;
    // Makes the files of a wallet out of a backup, where there are none yet.
    static Status restore_backup(const WalletOptions& options, storage::Disk& disk, const std::string& path);
    // Where the keys of a wallet in this folder are.
    static std::string key_file_path(const std::string& folder) { return folder + "/wallet.keys"; }

    // A coin that is locked is spent only where it is named.
    Status lock_coin(const OutPoint& coin, bool locked);
    [[nodiscard]] const std::set<OutPoint>& locked_coins() const { return locked_coins_; }
    // Gives up a transaction that waits and is not in the mempool, and what depends on it: its coins are free again.
    Status abandon(const Txid& txid);

    // Pays and broadcasts. On a refusal by the mempool nothing is kept and the coins stay free.
    Result<Txid> send(const std::vector<Recipient>& recipients, const SendOptions& options);
    // Issues a new asset to addresses of ours; more of an asset whose token we hold.
    Result<Issued> issue(const IssueOrder& order);
    Result<Issued> reissue(const AssetId& asset, Amount amount);
    // Adds coins, change and fee.
    Result<Funded> fund(const FundOrder& order);
    // Signs the inputs that spend coins of ours; returns how many inputs lack a signature still.
    Result<size_t> sign(Transaction& tx, const std::vector<std::optional<TxOut>>& spent,
                        uint32_t hash_type = script::kSighashAll) const;

    // Blinding keys of scripts and issuances (of ViewKeys::issuance_script).
    [[nodiscard]] const ViewKeys& view_keys() const { return *view_; }
    // Where our addresses are confidential: the blinding key of a script of ours.
    [[nodiscard]] std::optional<PubKey> receiver_key(const Script& script) const;
    // Coins that the new key opens are found at once. The former master key is forgotten: addresses handed out under it
    // need their keys imported.
    Status import_blinding_key(const Script& script, SecretKey key);
    Status import_master_blinding_key(Secret<32> master);

    // A fresh deposit address: the federation's script tweaked with a claim script of ours.
    Result<PeginAddress> pegin_address();
    Result<Txid> claim(const PeginClaim& claim);
    [[nodiscard]] const std::map<Script, PeginRecord>& pegin_records() const { return pegins_; }
    // Destroys `amount` of the pegged asset in favour of a script on the parent chain.
    Result<Txid> send_to_mainchain(const Script& parent_script, Amount amount, bool subtract_fee);

    // Sets how peg-outs are authorised, with this online key of ours or a fresh one. Parent addresses begin at
    // `counter`.
    Result<PakInfo> init_pegouts(const std::string& descriptor, uint32_t counter, const std::optional<PubKey>& online);
    // nullopt before init_pegouts.
    [[nodiscard]] Result<std::optional<PakInfo>> pak_info() const;
    // Destroys `amount` of the pegged asset in favour of the descriptor's next address, which is used up even if a
    // crash follows.
    Result<AuthorizedPegout> send_authorized(Amount amount, bool subtract_fee);

    [[nodiscard]] bool encrypted() const { return keys_->encrypted(); }
    [[nodiscard]] bool locked() const { return keys_->locked(); }
    Status encrypt(std::string_view passphrase);
    Status unlock(std::string_view passphrase) { return keys_->unlock(passphrase); }
    void lock() {
        keys_->lock();
        unlocked_until_ = 0;
    }
    // Unix seconds until which the caller means to keep it unlocked; 0: locked. For display.
    void set_unlocked_until(int64_t when) { unlocked_until_ = when; }
    [[nodiscard]] int64_t unlocked_until() const { return unlocked_until_; }
    Status change_passphrase(std::string_view from, std::string_view to);

private:
    Wallet(const WalletOptions& options, std::unique_ptr<storage::Db> db, ports::ChainClient& chain,
           ports::ParentClient* parent, const Clock& clock, WalletKeys keys);

    struct Draft;
    struct Order;
    class Builder;
    Status load();
    Status load_confidential();
    Status persist_keys() const;
    Status start_new(const Opening& how);
    Status commit(storage::Batch batch);
    Status load_pak();
    Status keep_pak(const PakRecord& record);
    Status load_imported();
    Result<Script> next_script(KeyChain chain, const std::string& label);
    Result<Script> next_imported(KeyChain chain, const std::string& label);
    // Opens what is ours in the transaction and not yet known.
    void open_amounts(const TxRef& tx, storage::Batch& batch);
    void note(const AmountPlace& at, const Opened& opened, storage::Batch& batch);
    Status open_again();
    Result<Draft> build(const Order& order);
    // Blinds, signs, stores, broadcasts.
    Result<Txid> finish(Draft draft, const std::string& comment);
    Result<BlindedTx> blind(const Draft& draft) const;
    void use_up(const Script& script, storage::Batch& batch);
    [[nodiscard]] uint32_t tip_height() const { return progress_.best ? progress_.best->height : 0; }

    WalletOptions options_;
    WalletFlags flags_;
    std::unique_ptr<storage::Db> db_;
    ports::ChainClient& chain_;
    ports::ParentClient* parent_;
    const Clock& clock_;
    std::unique_ptr<Keychain> keys_;
    std::unique_ptr<ViewKeys> view_;
    Imported imported_;
    std::unique_ptr<TxLedger> ledger_;
    Progress progress_;
    std::map<Script, AddressRecord> addresses_;
    std::map<Script, PeginRecord> pegins_;
    std::optional<PakRecord> pak_;
    std::set<OutPoint> locked_coins_;
    int64_t unlocked_until_ = 0;
};

}  // namespace sluice::wallet

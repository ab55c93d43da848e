// Wallet: keys, coins, payments, peg-in claims and peg-out requests of one user. It sees the node through ports only.
//
// Thread: one, the notify thread; RPC posts to it. Every change is in the database, synced, before a call returns or a
// transaction is broadcast. Confidential outputs to us are opened as they are seen, and what they hold is stored
// sealed; what we send is blinded for whoever gave a blinding key. Errors are texts for people; those that Elements'
// users know are Elements' own.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "ports/chain_client.h"
#include "ports/parent_client.h"
#include "signing/solve.h"
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
    int64_t least_fee_rate = 0;           // satoshi per 1000 virtual bytes; less is refused
    Amount max_fee{10'000'000};           // -maxtxfee: no transaction of ours pays more
    bool replaceable = true;              // -walletrbf: what we send says that it may be replaced
    bool spend_zero_conf_change = true;   // -spendzeroconfchange
    AddressType address_type = AddressType::kBech32;  // -addresstype
    AddressType change_type = AddressType::kBech32;   // -changetype
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
    std::string comment_to = {};
    std::optional<bool> replaceable = {};  // absent: as the wallet's options say
};

// Which coins may be added to those that are named.
struct CoinChoice {
    bool any = true;          // false: none
    bool unsafe = false;      // others' unconfirmed payments as well
    bool watch_only = false;  // what is watched as well
    uint32_t min_depth = 0;   // confirmations
    uint32_t max_depth = UINT32_MAX;
    std::set<OutPoint> never = {};
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

// Where change of an asset goes, if not to a fresh address of ours.
struct ChangeTo {
    Script script;
    std::optional<PubKey> blinding_key = {};  // of its holder; absent for what is ours
};

// A transaction that somebody began: inputs and outputs that must be in it.
struct FundOrder {
    Transaction tx;  // outputs in the open; a nonce is the blinding key of the one who gets it
    std::optional<int64_t> fee_rate;
    std::map<AssetId, ChangeTo> change;
    std::optional<uint32_t> change_position;
    std::set<uint32_t> subtract_fee_from;  // outputs
    bool lock_coins = false;               // the coins that are spent are locked
    CoinChoice coins = {};
    std::optional<bool> replaceable = {};
    std::optional<AddressType> change_type = {};
};
struct Funded {
    Transaction tx;  // in the open, with blinding keys in the place of nonces; unsigned
    Amount fee;
    int64_t change_position = -1;  // the first change output; -1: none
};

// A transaction that was funded, blinded and signed.
struct Made {
    Transaction tx;
    bool complete = false;  // every input is signed
    Amount fee;
};

// A transaction that waits is paid for again, better.
struct BumpOrder {
    Txid txid;
    std::optional<int64_t> fee_rate;
    std::optional<std::vector<TxOut>> outputs;  // in place of those it has; nonces as in FundOrder
    std::optional<uint32_t> change_position;    // which output is change; absent: it is found
    std::optional<bool> replaceable;
    bool broadcast = true;  // false: it is only drawn up
};
struct Bumped {
    std::optional<Txid> txid;  // of what was sent
    Transaction tx;            // as in Funded, if nothing was sent
    Amount old_fee;
    Amount fee;
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
    // Reads the active chain again from one height to another, as far as the wallet has come; the last height that was
    // read: none if there is no such block.
    Result<std::optional<uint32_t>> rescan(uint32_t from, uint32_t to);
    // Any thread: a rescan that runs now ends early, what it has found stays. False: none runs.
    bool abort_rescan() {
        abort_rescan_ = true;
        return scanning_;
    }
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
    // How a script of ours is spent: without secrets, but it says which are held.
    [[nodiscard]] std::optional<signing::KeyRing> key_ring(const Script& script) const;
    // With the secrets. Error: the wallet is locked.
    [[nodiscard]] Result<std::optional<signing::KeyRing>> signing_keys(const Script& script) const;
    // Watches for a descriptor from now on, and keeps its secrets. What was paid to it before is found by rescan. The
    // record's text is filled in. Error: hardened steps cannot be taken.
    Status import(ImportRecord record, const signing::Descriptor& descriptor);
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
    // avoid_reuse is the one that may change.
    Status set_avoid_reuse(bool value);
    // Addresses of the seed's chains are recognised so far beyond the next one.
    [[nodiscard]] uint32_t lookahead() const { return lookahead_; }
    void look_ahead(uint32_t count);
    // A transaction of ours whose block is known to have it. The error: it has nothing to do with this wallet.
    Status import_confirmed(const TxRef& tx, const ports::BlockPoint& at, uint32_t position, int64_t block_time);
    // Forgets it, and what it held.
    Status forget(const Txid& txid);

    // The whole wallet into one file, which open() reads after restore_backup(). Errors: I/O; something else is there.
    [[nodiscard]] Status backup(const std::string& path) const;
    // Makes the files of a wallet out of a backup, where there are none yet.
    static Status restore_backup(const WalletOptions& options, storage::Disk& disk, const std::string& path);
    // Where the keys of a wallet in this folder are.
    static std::string key_file_path(const std::string& folder) { return folder + "/wallet.keys"; }

    // A coin that is locked is spent only where it is named; `kept`: over a restart as well.
    Status lock_coin(const OutPoint& coin, bool locked, bool kept = true);
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
    // The same, blinded and signed, and with `send` stored and broadcast if it is complete.
    Result<Made> make(const FundOrder& order, bool send);
    // Replaces a payment of ours that waits in the mempool. Errors are Elements' texts.
    Result<Bumped> bump(const BumpOrder& order);
    // Satoshi per 1000 virtual bytes for what this wallet sends until it is unloaded; nullopt: as its options say.
    void set_fee_rate(std::optional<int64_t> rate) { own_fee_rate_ = rate; }
    [[nodiscard]] std::optional<int64_t> own_fee_rate() const { return own_fee_rate_; }
    // What has the size of the scripts that will spend this one of ours, for fees.
    [[nodiscard]] std::optional<signing::DummyScripts> dummy_scripts(const Script& script) const;
    // Signs the inputs that spend coins of ours; returns how many inputs lack a signature still.
    Result<size_t> sign(Transaction& tx, const std::vector<std::optional<TxOut>>& spent,
                        std::optional<uint8_t> hash_type = std::nullopt) const;

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
    // The same, to a fresh address of ours, in the open and unsigned; nothing is sent.
    Result<Transaction> raw_claim(const PeginClaim& claim);
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
    void read_block(const Block& block, const ports::BlockPoint& at, storage::Batch& batch);
    Result<std::optional<uint32_t>> read_range(uint32_t from, uint32_t to);
    Status start_over();
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
    Result<Draft> build_funded(const FundOrder& order);
    Result<Draft> build_bump(const BumpOrder& order, const WalletTx& old, Amount old_fee);
    [[nodiscard]] Result<Draft> begin_claim(const PeginClaim& claim) const;
    [[nodiscard]] Result<int64_t> set_claim_fee(Draft& draft, Amount claimed) const;
    struct Words {
        std::string comment;
        std::string comment_to = {};
        std::optional<Txid> replaces = {};
    };
    struct Signed;
    // Blinds and signs.
    Result<Signed> complete(Draft draft) const;
    // Stores and broadcasts. Precondition: every input is signed.
    Result<Txid> send_out(Signed done, const Words& words);
    // Both of it.
    Result<Txid> finish(Draft draft, const Words& words);
    // What is asked for, or else usual. Error: it is too low.
    [[nodiscard]] Result<int64_t> rate_of(const std::optional<int64_t>& wanted) const;
    // Confirmed, or in the mempool and paid by nobody but us.
    [[nodiscard]] bool is_trusted(const Txid& txid, std::map<Txid, bool>& known) const;
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
    uint32_t lookahead_ = kLookahead;
    std::optional<int64_t> own_fee_rate_;
    std::atomic<bool> scanning_{false};
    std::atomic<bool> abort_rescan_{false};
};

}  // namespace sluice::wallet

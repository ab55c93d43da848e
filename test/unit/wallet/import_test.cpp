// Keys that the wallet was given: found, spent, kept through restarts, passphrases and backups; and the files of a
// wallet, which nothing writes over.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "codec/hex.h"
#include "consensus/params/wif.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "fake_chain.h"
#include "storage/memory_disk.h"
#include "unit/wallet/free_coins.h"
#include "wallet/backup.h"
#include "wallet/key_file.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {

constexpr int64_t kFree = 2'100'000'000'000'000;
// A wallet "rich" that has all free coins, and one that is made by each test.
struct Fixture {
    ChainParams params = params_with_free_coins(kFree);
    test::FakeChain chain{params.genesis};
    SystemClock clock;
    std::string root = std::filesystem::temp_directory_path() / ("sluice-import-" + std::to_string(::getpid()) + "-" +
                                                                 std::to_string(reinterpret_cast<uintptr_t>(this)));
    storage::MemoryDisk rich_disk;
    storage::MemoryDisk disk;
    std::unique_ptr<Wallet> rich = open("rich", rich_disk, {}).value();
    std::unique_ptr<Wallet> wallet;

    ~Fixture() { std::filesystem::remove_all(root); }
    std::string folder(const std::string& name) const { return root + "/" + name; }
    WalletOptions options(const std::string& name) const {
        WalletOptions out;
        out.folder = folder(name);
        out.params = &params;
        out.policy_asset = params.pegged_asset;
        return out;
    }
    Result<std::unique_ptr<Wallet>> open(const std::string& name, storage::Disk& where, const Opening& how) {
        std::filesystem::create_directories(folder(name));
        return Wallet::open(options(name), where, chain, nullptr, clock, how);
    }
    void make(const Opening& how = {}) { wallet = open("mine", disk, how).value(); }
    void reopen() {
        wallet.reset();
        make();
    }
    void mine() {
        chain.mine_pool();
        for (Wallet* each : {rich.get(), wallet.get()}) {
            if (each != nullptr) BOOST_REQUIRE(each->catch_up().has_value());
        }
    }
    // Anyone's coins are everybody's on this chain: what the tests look at is paid to scripts.
    Txid pay(const Script& script, int64_t amount) {
        BOOST_REQUIRE(rich->catch_up().has_value());
        const Txid txid = rich->send({{script, params.pegged_asset, Amount{amount}}}, {}).value();
        mine();
        return txid;
    }
    Result<void, Error> import(const std::string& text, bool active = false) {
        const auto parsed = TRY(signing::Descriptor::parse(text, params));
        ImportRecord record;
        record.active = active;
        record.label = "given";
        if (parsed[0].is_range()) record.end = 20;
        TRY_VOID(wallet->import(std::move(record), parsed[0]));
        return {};
    }
    int64_t held_by(const Script& script) const {
        int64_t out = 0;
        for (const WalletCoin& coin : wallet->unspent()) out += coin.out.script == script ? coin.opened.value.sat : 0;
        return out;
    }
    // Spends the output of `txid` that pays `script`, and says whether the chain would take it.
    bool can_spend(const Txid& txid, const Script& script) {
        const Transaction& from = wallet->ledger().find(txid)->tx->tx;
        for (uint32_t i = 0; i < from.outputs.size(); ++i) {
            if (from.outputs[i].script != script) continue;
            Transaction tx;
            TxIn in;
            in.prevout = {txid, i};
            tx.inputs.push_back(in);
            tx.outputs.push_back(from.outputs[i]);
            tx.outputs.back().script = kStranger;
            if (wallet->sign(tx, {from.outputs[i]}).value() != 0) return false;
            const script::TxHashes hashes = script::compute_tx_hashes(tx);
            return script::verify_input(tx, 0, from.outputs[i], script::kStandardFlags, hashes).has_value();
        }
        return false;
    }
};

SecretKey secret(uint8_t fill) { return SecretKey::from_bytes(Bytes(32, fill)).value(); }
std::string wif(uint8_t fill, const ChainParams& params) {
    return encode_wif(secret(fill), true, params.secret_prefix);
}

BOOST_AUTO_TEST_CASE(every_script_of_a_key_is_found_in_old_blocks_and_spent) {
    Fixture f;
    const auto combo = signing::Descriptor::parse("combo(" + wif(1, f.params) + ")", f.params).value();
    std::vector<std::pair<Script, Txid>> paid;
    const std::vector<Script> scripts = combo[0].expand(0)->scripts;
    for (const Script& each : scripts) paid.emplace_back(each, f.pay(each, 1000));
    BOOST_TEST(paid.size() == 4U);
    f.make();
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(f.held_by(paid[0].first) == 0);
    BOOST_REQUIRE(f.import("combo(" + wif(1, f.params) + ")").has_value());
    BOOST_REQUIRE(f.wallet->rescan_from_time(0).has_value());
    for (int restart = 0; restart < 2; ++restart) {
        for (const auto& [script, txid] : paid) {
            BOOST_TEST(f.held_by(script) == 1000);
            BOOST_TEST(f.can_spend(txid, script));
            BOOST_TEST(f.wallet->label_of(script) == "given");
        }
        f.reopen();
    }
}

BOOST_AUTO_TEST_CASE(multisig_in_every_wrap_is_spent_and_half_a_signature_is_not) {
    for (const std::string wrap : {"*", "sh(*)", "wsh(*)", "sh(wsh(*))"}) {
        Fixture f;
        f.make();
        const auto text = [&](const std::string& first, const std::string& second) {
            std::string out = wrap;
            return out.replace(out.find('*'), 1, "multi(2," + first + "," + second + ")");
        };
        const std::string other = to_hex(secret(3).pubkey().view());
        BOOST_REQUIRE(f.import(text(wif(1, f.params), wif(2, f.params))).has_value());
        const Script ours = f.wallet->imported().entries()[0].descriptor->expand(0)->scripts.front();
        BOOST_TEST(f.can_spend(f.pay(ours, 5000), ours));
        BOOST_REQUIRE(f.import(text(wif(1, f.params), other)).has_value());
        const Script shared = f.wallet->imported().entries()[1].descriptor->expand(0)->scripts.front();
        BOOST_TEST(!f.can_spend(f.pay(shared, 5000), shared));
        BOOST_TEST(f.wallet->is_watch_only(shared));
    }
}

BOOST_AUTO_TEST_CASE(a_range_gives_addresses_and_follows_what_is_paid) {
    Fixture f;
    Opening blank;
    blank.flags.blank = true;
    f.make(blank);
    BOOST_TEST(f.wallet->new_script("").error().message == "Error: This wallet has no available keys");
    const auto root = ExtSecretKey::from_seed(Bytes(32, 7)).value();
    const std::string xprv = root.encode(f.params.xprv);
    BOOST_REQUIRE(f.import("wpkh(" + xprv + "/84h/1h/0h/0/*)", true).has_value());
    const Script expected =
        script::make_p2wpkh(root.derive(std::vector<uint32_t>{84 | kHardened, 1 | kHardened, 0 | kHardened, 0, 0})
                                ->key()
                                .pubkey()
                                .hash160());
    BOOST_TEST((f.wallet->new_script("x").value() == expected));
    BOOST_TEST(f.can_spend(f.pay(expected, 700), expected));
    const auto ranged = f.wallet->imported().entries()[0].descriptor;
    const Script far = ranged->expand(15)->scripts.front();
    f.pay(far, 800);
    f.reopen();
    BOOST_TEST((f.wallet->new_script("").value() == ranged->expand(16)->scripts.front()));
    BOOST_TEST(f.wallet->is_mine(ranged->expand(16 + kLookahead)->scripts.front()));
    // What is shown holds no secret, and what is shown with secrets reads back as the same.
    BOOST_TEST(f.wallet->descriptors(false).value()[0].text.find("xprv") == std::string::npos);
    const auto shown = signing::Descriptor::parse(f.wallet->descriptors(true).value()[0].text, f.params).value();
    BOOST_TEST(shown[0].has_secrets());
    BOOST_TEST((shown[0].expand(3)->scripts.front() == ranged->expand(3)->scripts.front()));
}

BOOST_AUTO_TEST_CASE(a_passphrase_guards_imported_keys_too) {
    Fixture f;
    f.make();
    BOOST_REQUIRE(f.import("wpkh(" + wif(1, f.params) + ")").has_value());
    BOOST_REQUIRE(f.wallet->encrypt("word").has_value());
    const Script ours = f.wallet->imported().entries()[0].descriptor->expand(0)->scripts.front();
    const Txid txid = f.pay(ours, 900);
    BOOST_TEST(f.held_by(ours) == 900);
    BOOST_TEST(!f.wallet->signing_keys(ours).has_value());
    BOOST_TEST(!f.import("wpkh(" + wif(2, f.params) + ")").has_value());
    f.reopen();
    BOOST_REQUIRE(f.wallet->unlock("word").has_value());
    BOOST_TEST(f.can_spend(txid, ours));
    BOOST_TEST(f.import("wpkh(" + wif(2, f.params) + ")").has_value());
}

BOOST_AUTO_TEST_CASE(addresses_of_each_type_are_ours_and_are_spent) {
    Fixture f;
    f.make();
    for (const AddressType type : {AddressType::kBech32, AddressType::kLegacy, AddressType::kNested}) {
        const Script script = f.wallet->new_script("", type).value();
        const Txid txid = f.pay(script, 1234);
        BOOST_TEST(f.held_by(script) == 1234);
        BOOST_TEST(f.can_spend(txid, script));
        f.reopen();
        BOOST_TEST((f.wallet->new_script("", type).value() != script));
    }
}

BOOST_AUTO_TEST_CASE(a_backup_holds_everything_and_replaces_nothing_else) {
    Fixture f;
    f.make();
    BOOST_REQUIRE(f.import("wpkh(" + wif(1, f.params) + ")").has_value());
    const Script own = f.wallet->new_script("home").value();
    const Script given = f.wallet->imported().entries()[0].descriptor->expand(0)->scripts.front();
    const Txid to_own = f.pay(own, 111);
    const Txid to_given = f.pay(given, 222);
    const std::string file = f.root + "/backup";
    BOOST_REQUIRE(f.wallet->backup(file).has_value());
    BOOST_REQUIRE(f.wallet->backup(file).has_value());  // a former backup may go
    BOOST_TEST(!f.wallet->backup(Wallet::key_file_path(f.folder("mine"))).has_value());
    // Over a wallet it is not restored.
    BOOST_TEST(!Wallet::restore_backup(f.options("mine"), f.disk, file).has_value());
    f.wallet.reset();
    storage::MemoryDisk other;
    std::filesystem::create_directories(f.folder("again"));
    BOOST_REQUIRE(Wallet::restore_backup(f.options("again"), other, file).has_value());
    f.wallet = f.open("again", other, {Opening::Expect::kExisting}).value();
    BOOST_TEST(f.can_spend(to_own, own));
    BOOST_TEST(f.can_spend(to_given, given));
    BOOST_TEST(f.wallet->label_of(own) == "home");
    // A damaged file makes no wallet.
    std::ofstream(file, std::ios::binary | std::ios::app) << "x";
    storage::MemoryDisk third;
    std::filesystem::create_directories(f.folder("third"));
    BOOST_TEST(!Wallet::restore_backup(f.options("third"), third, file).has_value());
    BOOST_TEST(!std::filesystem::exists(Wallet::key_file_path(f.folder("third"))));
}

BOOST_AUTO_TEST_CASE(a_wallet_that_is_there_is_not_made_anew) {
    Fixture f;
    f.make();
    const Script first = f.wallet->new_script("").value();
    f.wallet.reset();
    Opening fresh;
    fresh.expect = Opening::Expect::kNew;
    BOOST_TEST(!f.open("mine", f.disk, fresh).has_value());
    // Nor when only one of its two halves is there.
    storage::MemoryDisk empty;
    BOOST_TEST(!f.open("mine", empty, fresh).has_value());
    f.make();
    BOOST_TEST(f.wallet->is_mine(first));
    Opening existing;
    existing.expect = Opening::Expect::kExisting;
    BOOST_TEST(!f.open("nowhere", empty, existing).has_value());
}

BOOST_AUTO_TEST_CASE(a_wallet_born_with_a_passphrase_is_locked_and_its_file_is_sealed) {
    Fixture f;
    Opening sealed;
    sealed.expect = Opening::Expect::kNew;
    sealed.passphrase = "word";
    f.make(sealed);
    BOOST_TEST(f.wallet->locked());
    BOOST_TEST(f.wallet->new_script("").has_value());
    BOOST_TEST(!f.wallet->unlock("other").has_value());
    BOOST_TEST(f.wallet->unlock("word").has_value());
    // Sealed seed: 4 magic bytes, parameters, salt and nonce before it.
    const Bytes file = read_key_file(Wallet::key_file_path(f.folder("mine"))).value();
    BOOST_TEST(as_text(file).find("SLBX") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_key_file_of_the_first_format_is_read_and_written_again) {
    Fixture f;
    std::filesystem::create_directories(f.folder("mine"));
    Keychain keys = Keychain::generate();
    const Script script = keys.script({KeyChain::kReceive, 0});
    const std::string path = Wallet::key_file_path(f.folder("mine"));
    BOOST_REQUIRE(write_key_file(path, keys.persist()).has_value());
    f.make();
    BOOST_TEST(f.wallet->is_mine(script));
    const Bytes blinding = to_bytes(f.wallet->view_keys().master());
    BOOST_TEST(read_key_file(path).value().front() == 2);
    f.reopen();
    BOOST_TEST(f.wallet->is_mine(script));
    BOOST_TEST((to_bytes(f.wallet->view_keys().master()) == blinding));
}

// Written by the code that kept descriptors before signing did: a wallet with every form of them that it knew, in the
// open and under the passphrase "word". "D text first-index" and "OWN" head the scripts that must be found.
BOOST_AUTO_TEST_CASE(backups_of_an_earlier_version_keep_every_script_and_every_key) {
    const char* source = std::getenv("SLUICE_SOURCE_DIR");
    const std::string folder = (source != nullptr ? std::string(source) : ".") + "/test/unit/wallet/fixtures/";
    for (const bool sealed : {false, true}) {
        Fixture f;
        std::filesystem::create_directories(f.folder("old"));
        const std::string file = folder + (sealed ? "imported-sealed.backup" : "imported-plain.backup");
        const auto restored = Wallet::restore_backup(f.options("old"), f.disk, file);
        BOOST_REQUIRE_MESSAGE(restored.has_value(), file + (restored ? "" : restored.error().message));
        f.wallet = f.open("old", f.disk, {Opening::Expect::kExisting}).value();
        if (sealed) BOOST_REQUIRE(f.wallet->unlock("word").has_value());
        std::ifstream expected(folder + "imported.scripts");
        std::string line;
        std::string text = "OWN";
        size_t descriptors = 0;
        size_t spent = 0;
        while (std::getline(expected, line)) {
            if (line.starts_with("OWN") || line.starts_with("D ")) {
                text = line.starts_with("OWN") ? "OWN" : line.substr(2, line.rfind(' ') - 2);
                if (text != "OWN") ++descriptors;
                if (text != "OWN") BOOST_TEST(f.wallet->imported().find_text(text).has_value(), text);
                continue;
            }
            const Script script{from_hex(line).value()};
            BOOST_TEST(f.wallet->is_mine(script), text << " " << line);
            // Of two keys of a 2-of-2 one was a stranger's; addresses and raw scripts have no keys.
            const bool ours =
                !text.starts_with("addr(") && !text.starts_with("raw(") && !text.starts_with("sh(wsh(multi(2,");
            Transaction tx;
            tx.inputs.resize(1);
            tx.outputs.resize(1);
            tx.outputs[0].script = kStranger;
            tx.outputs[0].value = Amount{1};
            tx.outputs[0].asset = f.params.pegged_asset;
            TxOut coin = tx.outputs[0];
            coin.script = script;
            BOOST_TEST((f.wallet->sign(tx, {coin}).value() == 0) == ours, text << " " << line);
            spent += ours ? 1 : 0;
        }
        BOOST_TEST(descriptors == 13U);
        BOOST_TEST(f.wallet->imported().entries().size() == descriptors);
        BOOST_TEST(spent == 19U);
        BOOST_TEST(f.wallet->locked_coins().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(taproot_descriptors_are_spent_by_key_and_by_leaf) {
    Fixture f;
    f.make();
    const std::string stranger = to_hex(secret(9).pubkey().view()).substr(2);
    for (const std::string& text : {"tr(" + wif(1, f.params) + ")", "rawtr(" + wif(2, f.params) + ")",
                                    "tr(" + stranger + ",{pk(" + stranger + "),pk(" + wif(3, f.params) + ")})",
                                    "tr(" + stranger + ",multi_a(1," + stranger + "," + wif(4, f.params) + "))"}) {
        BOOST_REQUIRE(f.import(text).has_value());
        const auto& entry = f.wallet->imported().entries().back();
        const Script script = entry.descriptor->expand(0)->scripts.front();
        const Txid txid = f.pay(script, 5000);
        const Transaction& from = f.wallet->ledger().find(txid)->tx->tx;
        const auto out = std::ranges::find_if(from.outputs, [&](const TxOut& each) { return each.script == script; });
        Transaction tx;
        tx.inputs.resize(1);
        tx.inputs[0].prevout = {txid, static_cast<uint32_t>(out - from.outputs.begin())};
        tx.outputs = {*out};
        BOOST_TEST(f.wallet->sign(tx, {*out}).value() == 0U, text);
        const auto dummies = f.wallet->dummy_scripts(script);
        BOOST_REQUIRE(dummies.has_value());
        BOOST_TEST(!f.wallet->is_watch_only(script), text);
        BOOST_TEST(dummies->witness.size() == tx.inputs[0].witness.script_witness.size(), text);
    }
}

}  // namespace
}  // namespace sluice::wallet

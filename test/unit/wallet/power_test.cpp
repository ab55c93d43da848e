// The power goes out while a wallet is made or restored: what was there before stays, what was begun is done again.
#include "unit/wallet/wallet_fixture.h"

namespace sluice::wallet {
namespace {

struct Folder {
    std::string path;
    explicit Folder(const std::string& name)
        : path(std::filesystem::temp_directory_path() / ("sluice-power-" + name + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

BOOST_AUTO_TEST_CASE(a_restoration_is_begun_again_wherever_the_power_went) {
    Fixture f;
    const Script kept = f.wallet->new_script("kept").value();
    const std::string file = f.folder + "/backup";
    BOOST_REQUIRE(f.wallet->backup(file).has_value());
    // Two synced writes of the database: the records, and that they are whole.
    for (uint64_t writes = 1; writes <= 3; ++writes) {
        for (const uint64_t seed : {uint64_t{0}, uint64_t{7}}) {
            const Folder folder("restored");
            storage::MemoryDisk disk;
            WalletOptions options = f.options();
            options.folder = folder.path;
            disk.fail_after(writes);
            const bool answered = Wallet::restore_backup(options, disk, file).has_value();
            disk.restart(seed);
            const bool has_keys = std::filesystem::exists(Wallet::key_file_path(folder.path));
            BOOST_TEST((has_keys || !answered));
            // Keys are there only when all else is; without them it is done again, and never over keys.
            BOOST_TEST(Wallet::restore_backup(options, disk, file).has_value() == !has_keys);
            auto opened = Wallet::open(options, disk, f.chain, nullptr, f.clock, {Opening::Expect::kExisting, {}, {}});
            BOOST_REQUIRE(opened.has_value());
            BOOST_TEST((*opened)->label_of(kept) == "kept");
            // Now it is a wallet: whoever loses its keys is not given an older one in its place.
            opened->reset();
            std::filesystem::remove(Wallet::key_file_path(folder.path));
            BOOST_TEST(!Wallet::restore_backup(options, disk, file).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_wallet_is_made_again_where_its_making_was_cut_short) {
    Fixture f;
    for (uint64_t writes = 1; writes <= 3; ++writes) {
        const Folder folder("made");
        storage::MemoryDisk disk;
        WalletOptions options = f.options();
        options.folder = folder.path;
        const Opening fresh{Opening::Expect::kNew, {}, "secret"};
        disk.fail_after(writes);
        const bool answered = Wallet::open(options, disk, f.chain, nullptr, f.clock, fresh).has_value();
        disk.restart(0);
        const bool has_keys = std::filesystem::exists(Wallet::key_file_path(folder.path));
        BOOST_TEST((has_keys || !answered));
        auto opened = has_keys
                          ? Wallet::open(options, disk, f.chain, nullptr, f.clock, {Opening::Expect::kExisting, {}, {}})
                          : Wallet::open(options, disk, f.chain, nullptr, f.clock, fresh);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        BOOST_TEST((*opened)->locked());
        BOOST_TEST((*opened)->unlock("secret").has_value());
    }
}

}  // namespace
}  // namespace sluice::wallet

// The storage ports on both back ends, and what a power cut leaves.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "storage/dir_lock.h"
#include "storage/directory_disk.h"
#include "storage/flat_files.h"
#include "storage/memory_disk.h"

namespace {

using namespace sluice;
using namespace sluice::storage;
namespace fs = std::filesystem;

struct TempDir {
    TempDir() {
        std::string pattern = (fs::temp_directory_path() / "sluice_storage_XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~TempDir() { fs::remove_all(path); }
    std::string path;
};

std::string text_at(const DbReader& db, std::string_view key) {
    auto value = db.get(as_bytes(key));
    BOOST_REQUIRE(value.has_value());
    return *value ? std::string(as_text(**value)) : "(none)";
}

void check_db(Disk& disk) {
    auto db = disk.open_db("chainstate", {});
    BOOST_REQUIRE(db.has_value());
    Batch batch;
    batch.put(as_bytes("a1"), as_bytes("one"));
    batch.put(as_bytes("a2"), as_bytes("two"));
    batch.put(as_bytes("b1"), as_bytes("other"));
    BOOST_REQUIRE((*db)->write(batch, Sync::kSynced));
    const auto before = (*db)->snapshot();
    Batch change;
    change.erase(as_bytes("a1"));
    change.put(as_bytes("a2"), as_bytes("second"));
    change.put(as_bytes("a3"), as_bytes("three"));
    BOOST_REQUIRE((*db)->write(change, Sync::kBuffered));
    BOOST_TEST(text_at(**db, "a1") == "(none)");
    BOOST_TEST(text_at(**db, "a2") == "second");
    BOOST_TEST(text_at(*before, "a1") == "one");
    BOOST_TEST(text_at(*before, "a2") == "two");
    std::string seen;
    BOOST_REQUIRE(for_each_prefix(**db, as_bytes("a"), [&](ByteView key, ByteView value) {
        seen += std::string(as_text(key)) + "=" + std::string(as_text(value)) + ";";
        return true;
    }));
    BOOST_TEST(seen == "a2=second;a3=three;");
}

void check_flat(Disk& disk) {
    const FlatFileOptions options{"blocks", "blk", {0xfa, 0xbf, 0xb5, 0xda}, 4, 64};
    FlatFiles files(disk, options);
    BOOST_REQUIRE(files.truncate_to({}));
    const auto first = files.append(as_bytes("first record"), as_bytes("sum1"));
    const auto second = files.append(as_bytes("second record"), as_bytes("sum2"));
    BOOST_REQUIRE(first && second);
    BOOST_TEST(first->offset == 8u);
    BOOST_REQUIRE(files.sync());
    const FlatPosition recorded = files.end();
    const auto third = files.append(as_bytes("third record goes to the next file"), as_bytes("sum3"));
    BOOST_REQUIRE(third);
    BOOST_TEST(third->file == 1u);
    BOOST_TEST(files.disk_size() == 49u + 46u);
    BOOST_TEST(std::string(as_text(files.read(*second)->payload)) == "second record");
    BOOST_TEST(std::string(as_text(files.read(*third)->trailer)) == "sum3");
    BOOST_TEST(!files.read({0, 9}).has_value());

    FlatFiles again(disk, options);
    BOOST_REQUIRE(again.truncate_to(recorded));
    BOOST_TEST(!disk.exists("blocks/blk00001.dat"));
    BOOST_TEST(std::string(as_text(again.read(*first)->payload)) == "first record");
    BOOST_TEST(!again.read(*third).has_value());
    FlatFiles longer(disk, options);
    const auto lost = longer.truncate_to({0, 1000});
    BOOST_REQUIRE(!lost.has_value());
    BOOST_TEST(lost.error().message.find("has lost data") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(database_in_a_directory) {
    const TempDir dir;
    DirectoryDisk disk(dir.path);
    check_db(disk);
    // And the same content after it was closed.
    auto db = disk.open_db("chainstate", {});
    BOOST_REQUIRE(db.has_value());
    BOOST_TEST(text_at(**db, "a3") == "three");
    const auto second = disk.open_db("chainstate", {});
    BOOST_TEST(!second.has_value());
}

BOOST_AUTO_TEST_CASE(database_in_memory) {
    MemoryDisk disk;
    check_db(disk);
}

BOOST_AUTO_TEST_CASE(flat_files_in_a_directory) {
    const TempDir dir;
    DirectoryDisk disk(dir.path);
    check_flat(disk);
}

BOOST_AUTO_TEST_CASE(flat_files_in_memory) {
    MemoryDisk disk;
    check_flat(disk);
}

BOOST_AUTO_TEST_CASE(a_damaged_database_says_so) {
    const TempDir dir;
    DirectoryDisk disk(dir.path);
    {
        DbOptions small;
        small.write_buffer_bytes = 64 << 10;  // so that tables are written
        auto db = disk.open_db("chainstate", small);
        BOOST_REQUIRE(db.has_value());
        for (int i = 0; i < 400; ++i) {
            Batch batch;
            batch.put(as_bytes("key" + std::to_string(i)), Bytes(1000, static_cast<uint8_t>(i)));
            BOOST_REQUIRE((*db)->write(batch, Sync::kBuffered));
        }
    }
    size_t damaged = 0;
    for (const auto& entry : fs::directory_iterator(dir.path + "/chainstate")) {
        if (entry.path().extension() != ".ldb") continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
        file.write("damage damage damage", 20);
        ++damaged;
    }
    BOOST_REQUIRE(damaged > 0);
    auto opened = disk.open_db("chainstate", {});
    BOOST_REQUIRE(opened.has_value());  // tables are read when they are needed
    const Status walked = for_each_prefix(**opened, {}, [](ByteView, ByteView) { return true; });
    BOOST_REQUIRE(!walked.has_value());
    BOOST_TEST(walked.error().message.find(dir.path + "/chainstate is corrupt") != std::string::npos);
    opened->reset();
    std::ofstream(dir.path + "/chainstate/CURRENT") << "nonsense";
    const auto again = disk.open_db("chainstate", {});
    BOOST_REQUIRE(!again.has_value());
    BOOST_TEST(again.error().message.find(dir.path + "/chainstate is corrupt") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_instance_is_refused) {
    const TempDir dir;
    {
        const auto first = DirLock::acquire(dir.path, "Sluice");
        BOOST_REQUIRE(first.has_value());
        const auto second = DirLock::acquire(dir.path, "Sluice");
        BOOST_REQUIRE(!second.has_value());
        BOOST_TEST(second.error().message ==
                   "Cannot obtain a lock on directory " + dir.path + ". Sluice is probably already running.");
    }
    BOOST_TEST(DirLock::acquire(dir.path, "Sluice").has_value());
}

BOOST_AUTO_TEST_CASE(a_power_cut_keeps_what_was_synced) {
    MemoryDisk disk;
    auto db = disk.open_db("d", {});
    auto file = disk.open_file("f");
    Batch one, two;
    one.put(as_bytes("k"), as_bytes("1"));
    two.put(as_bytes("k"), as_bytes("2"));
    BOOST_REQUIRE((*file)->append(as_bytes("safe")));
    BOOST_REQUIRE((*file)->sync());
    BOOST_REQUIRE((*file)->append(as_bytes("lost")));
    BOOST_REQUIRE((*db)->write(one, Sync::kSynced));
    BOOST_REQUIRE((*db)->write(two, Sync::kBuffered));
    disk.restart(0);
    BOOST_TEST(!(*db)->get(as_bytes("k")).has_value());
    BOOST_TEST(!(*file)->append(as_bytes("x")).has_value());
    db = disk.open_db("d", {});
    file = disk.open_file("f");
    BOOST_TEST(text_at(**db, "k") == "1");
    BOOST_TEST((*file)->size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_power_cut_keeps_any_prefix_of_the_rest) {
    bool saw_part = false;
    bool saw_second = false;
    for (uint64_t seed = 1; seed < 60; ++seed) {
        MemoryDisk disk;
        auto db = disk.open_db("d", {});
        auto file = disk.open_file("f");
        Batch one, two;
        one.put(as_bytes("k"), as_bytes("1"));
        two.put(as_bytes("k"), as_bytes("2"));
        disk.fail_after(4);
        BOOST_REQUIRE((*db)->write(one, Sync::kBuffered));
        BOOST_REQUIRE((*db)->write(two, Sync::kBuffered));
        BOOST_REQUIRE((*file)->append(as_bytes("abcd")));
        BOOST_TEST(!(*file)->sync().has_value());
        BOOST_TEST(disk.failed());
        BOOST_TEST(!(*db)->write(one, Sync::kBuffered).has_value());
        disk.restart(seed);
        db = disk.open_db("d", {});
        file = disk.open_file("f");
        const std::string value = text_at(**db, "k");
        BOOST_TEST((value == "(none)" || value == "1" || value == "2"));
        saw_second |= value == "2";
        saw_part |= (*file)->size() > 0 && (*file)->size() < 4;
    }
    BOOST_TEST(saw_part);
    BOOST_TEST(saw_second);
}

}  // namespace

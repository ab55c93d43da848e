#include "storage/flat_files.h"

#include <cstdio>
#include <cstdlib>

#include "codec/reader.h"
#include "codec/writer.h"

namespace sluice::storage {
namespace {
constexpr uint32_t kFrameBytes = 8;
constexpr uint32_t kMaxRecordBytes = 64u << 20;  // a frame that claims more is damage, not a record
}  // namespace

std::string FlatFiles::file_name(uint32_t number) const {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%05u", number);
    return options_.folder + "/" + options_.prefix + digits.data() + ".dat";
}

Result<File*> FlatFiles::file(uint32_t number) const {
    const MutexLock lock(mutex_);
    std::unique_ptr<File>& slot = files_[number];
    if (!slot) {
        auto opened = disk_.open_file(file_name(number));
        if (!opened) {
            files_.erase(number);
            return unexpected(opened.error());
        }
        slot = std::move(*opened);
    }
    return slot.get();
}

Status FlatFiles::truncate_to(FlatPosition end) {
    uint64_t before = 0;
    const std::string first = options_.folder + "/" + options_.prefix;
    for (const std::string& name : TRY(disk_.list_files(options_.folder))) {
        if (!name.starts_with(first) || !name.ends_with(".dat")) continue;
        const uint32_t number = static_cast<uint32_t>(std::strtoul(name.c_str() + first.size(), nullptr, 10));
        if (name != file_name(number)) continue;
        if (number > end.file) {
            {
                const MutexLock lock(mutex_);
                files_.erase(number);
            }
            TRY_VOID(disk_.remove_file(name));
        } else if (number < end.file) {
            before += TRY(file(number))->size();
        }
    }
    File* const last = TRY(file(end.file));
    if (last->size() < end.offset) {
        return fail(file_name(end.file) + " has lost data: the database knows " + std::to_string(end.offset) +
                    " bytes of it, the file has " + std::to_string(last->size()));
    }
    if (last->size() > end.offset) {
        TRY_VOID(last->truncate(end.offset));
        TRY_VOID(last->sync());
    }
    end_ = end;
    bytes_ = before + end.offset;
    return {};
}

Result<FlatPosition> FlatFiles::append(ByteView payload, ByteView trailer) {
    CHECK(trailer.size() == options_.trailer_bytes && payload.size() <= kMaxRecordBytes);
    const uint64_t need = kFrameBytes + payload.size() + trailer.size();
    if (end_.offset != 0 && end_.offset + need > options_.max_file_bytes) {
        File* const full = TRY(file(end_.file));
        TRY_VOID(full->sync());
        end_ = {end_.file + 1, 0};
    }
    File* const to = TRY(file(end_.file));
    // An earlier append that failed half way may have left bytes behind the end.
    if (to->size() != end_.offset) TRY_VOID(to->truncate(end_.offset));
    ByteWriter record;
    record.raw(options_.magic);
    record.u32(static_cast<uint32_t>(payload.size()));
    record.raw(payload);
    record.raw(trailer);
    TRY_VOID(to->append(record.bytes()));
    const FlatPosition at{end_.file, end_.offset + kFrameBytes};
    end_.offset += static_cast<uint32_t>(need);
    bytes_ += need;
    return at;
}

Status FlatFiles::sync() { return TRY(file(end_.file))->sync(); }

Result<FlatFiles::Record> FlatFiles::read(FlatPosition at) const {
    const std::string where = file_name(at.file) + " at " + std::to_string(at.offset);
    if (at.offset < kFrameBytes) return fail("No record in " + where);
    const File* const from = TRY(file(at.file));
    const Bytes frame = TRY(from->read_at(at.offset - kFrameBytes, kFrameBytes));
    if (!equal(ByteView(frame).first(4), options_.magic)) return fail("No record in " + where + ": wrong magic");
    const uint32_t size = Reader(ByteView(frame).subspan(4)).u32();
    if (size > kMaxRecordBytes) return fail("No record in " + where + ": impossible size");
    Record record;
    record.payload = TRY(from->read_at(at.offset, size + options_.trailer_bytes));
    record.trailer = to_bytes(ByteView(record.payload).subspan(size));
    record.payload.resize(size);
    return record;
}

}  // namespace sluice::storage

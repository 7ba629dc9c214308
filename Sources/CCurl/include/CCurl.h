/// libcurl, loaded when it is first needed, and with its variadic calls, which Swift cannot see, once per kind of argument.
///
/// libcurl brings more than thirty libraries along: to load them takes longer than everything else that a command does
/// which asks no server. No other function may be called before ccurl_load has returned NULL.
#ifndef MARTLET_CCURL_H
#define MARTLET_CCURL_H

#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#else
#error "libcurl's headers are not there: apt-get install libcurl4-openssl-dev, or the like"
#endif

#include "sockets.h"

/// The version that has CURLOPT_QUICK_EXIT, 7.87.0.
#define CCURL_OLDEST 0x075700
#if LIBCURL_VERSION_NUM < CCURL_OLDEST
#error "libcurl 7.87.0 or later is needed"
#endif

/// Loads libcurl, once. NULL if it is there, else why not, for as long as the process lives.
const char *ccurl_load(void);

/// The same for a program that has nothing which libcurl could use: its 8,900 symbols are looked for in its own libraries
/// first, which takes a tenth less, unless something was preloaded that means to be found before them.
const char *ccurl_load_for_program(void);

CURLcode ccurl_global_init(long features);
const char *ccurl_version(void);

// Handles

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *handle);
CURLcode ccurl_easy_pause(CURL *handle, int directions);
const char *ccurl_easy_strerror(CURLcode code);
CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_headers(CURL *handle, struct curl_slist *list);
/// The URL must live as long as the handle has it.
CURLcode ccurl_set_url(CURL *handle, CURLU *url);
CURLcode ccurl_set_write_function(CURL *handle, curl_write_callback function);
CURLcode ccurl_set_header_function(CURL *handle, curl_write_callback function);
CURLcode ccurl_set_read_function(CURL *handle, curl_read_callback function);
CURLcode ccurl_set_seek_function(CURL *handle, curl_seek_callback function);
CURLcode ccurl_set_prereq_function(CURL *handle, curl_prereq_callback function);
CURLcode ccurl_set_open_socket_function(CURL *handle, curl_opensocket_callback function);
CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_get_pointer(CURL *handle, CURLINFO info, void **value);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free_all(struct curl_slist *list);

// Many handles at once

/// What handles that are used on one thread at a time have in common; NULL if libcurl cannot share it.
CURLSH *ccurl_share_init(curl_lock_data what);
/// To be called when no handle has it any more.
void ccurl_share_cleanup(CURLSH *share);

CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *context);
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int possible, int *running);
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *left);
const char *ccurl_multi_strerror(CURLMcode code);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_socket_function(CURLM *multi, curl_socket_callback function, void *context);
CURLMcode ccurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback function, void *context);

/// `data` is a union, which Swift would import as two raw members.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

// URLs

CURLU *ccurl_url(void);
void ccurl_url_cleanup(CURLU *url);
CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags);
/// The text is to be freed by ccurl_free.
CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags);
const char *ccurl_url_strerror(CURLUcode code);
void ccurl_free(void *text);

#endif

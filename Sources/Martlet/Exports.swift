@_exported public import MartletChat
@_exported public import MartletJSON
